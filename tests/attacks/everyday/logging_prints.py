import logging
import pprint
import warnings

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
logger = logging.getLogger(__name__)


class Step:
    def __init__(self, name):
        self.name = name
        self.log = logging.getLogger(f"step.{name}")

    def run(self):
        self.log.info("running %s at %.2f", self.name, 0.5)
        logger.debug("not shown")
        try:
            1 / 0
        except ZeroDivisionError as error:
            logger.exception("failed: %s", error)
            logger.warning("going on")


Step("lift").run()
warnings.warn("this is old", DeprecationWarning)
pprint.pprint({"b": [1, 2], "a": {"c": 3}})
assert pprint.pformat([1, 2]) == "[1, 2]" and logger.level <= logging.INFO
