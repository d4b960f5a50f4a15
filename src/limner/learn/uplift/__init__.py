"""Uplift: what treating a customer changes, learned from a campaign whose treatment was drawn by lot.

Plain arrays in and out.

>>> import numpy as np
>>> from limner.learn.uplift import TLearner, Trial, qini
>>> chance = np.random.default_rng(1)
>>> persuadable, treated = chance.random(4000) < 0.5, chance.random(4000) < 0.5
>>> bought = chance.random(4000) < 0.1 + 0.3 * (persuadable & treated)
>>> trial = Trial.of(persuadable[:, None], treated, bought)
>>> found = TLearner().fit(trial).predict(np.array([[1.0], [0.0]]))
>>> bool(0.2 < found[0] < 0.4 and -0.1 < found[1] < 0.1)
True
"""

from limner.learn.uplift.learners import LEARNERS, Learner, TLearner, XLearner, predict_apart
from limner.learn.uplift.qini import Qini, qini
from limner.learn.uplift.trial import Trial

__all__ = ["LEARNERS", "Learner", "Qini", "TLearner", "Trial", "XLearner", "predict_apart", "qini"]
