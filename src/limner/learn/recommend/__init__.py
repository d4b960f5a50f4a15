"""Recommendation: what to offer a customer next, and why.

Plain arrays in and out: interactions (who, which item, how much it weighs, when) become a sparse matrix of histories;
a recommender is fitted to it and ranks items for any history, also for one that goes on after it was fitted.

>>> import numpy as np
>>> from limner.learn.recommend import Interactions, ItemToItem
>>> seen = Interactions.of(customers=[1, 1, 2, 2, 3], items=["tea", "cup", "tea", "cup", "tea"])
>>> model = ItemToItem().fit(seen.matrix)
>>> ranked = model.top(seen.rows([3]), n=1, exclude=seen.rows([3]))
>>> [seen.items[item] for item in ranked.items[0]]
['cup']
"""

from limner.learn.recommend.diversity import diversify
from limner.learn.recommend.ease import Ease
from limner.learn.recommend.evaluation import Quality, evaluate
from limner.learn.recommend.factors import Factors
from limner.learn.recommend.interactions import Interactions
from limner.learn.recommend.neighbours import ItemToItem
from limner.learn.recommend.popularity import Popularity
from limner.learn.recommend.recommender import Ranked, Recommender

__all__ = [
    "Ease",
    "Factors",
    "Interactions",
    "ItemToItem",
    "Popularity",
    "Quality",
    "Ranked",
    "Recommender",
    "diversify",
    "evaluate",
]
