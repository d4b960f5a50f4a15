"""Customer value: how often somebody will buy, whether they still do, what a purchase is worth.

Plain arrays in and out.

>>> from limner.learn.clv import BetaGeo
>>> model = BetaGeo(r=0.243, alpha=4.414, a=0.793, b=2.426)
>>> model.expected(39, frequency=[2], recency=[30.43], age=[38.86]).round(3).tolist()
[1.226]
"""

from limner.learn.clv.beta_geo import BetaGeo
from limner.learn.clv.gamma_gamma import GammaGamma
from limner.learn.clv.lifetime import lifetime_value
from limner.learn.clv.pareto_nbd import ParetoNBD
from limner.learn.clv.predictive import spending_interval
from limner.learn.clv.summary import Summary, summarise

__all__ = ["BetaGeo", "GammaGamma", "ParetoNBD", "Summary", "lifetime_value", "spending_interval", "summarise"]
