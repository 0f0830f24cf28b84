"""梧桐 Wutong: the operating platform of a high-tech zone."""
