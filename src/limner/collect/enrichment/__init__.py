"""What libraries and tables can tell of a user agent, a referrer, a campaign, a phone: pure functions, no network."""
