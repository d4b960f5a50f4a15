"""The demo shop: a seeded Chinese retailer with web, app, WeChat mini program and stores, and its planted truth."""

from limner.demo.build import Demo, build_demo
from limner.demo.truth import ShopTruth, read_truth
from limner.demo.writing import shop_files, write_shop

__all__ = ["Demo", "ShopTruth", "build_demo", "read_truth", "shop_files", "write_shop"]
