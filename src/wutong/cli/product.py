"""Names of what the composition root (`wutong.site`) provides.

The command line stands below the root, therefore it names these things and never imports them, as a web server
names its application.
"""

SETTINGS = "wutong.site.settings.sample"
APPLICATION = "wutong.site.wsgi:application"
RUN_TICKS = "wutong.site.tick.run_ticks"
LOAD_SEEDS = "wutong.site.seeds.load_seeds"
