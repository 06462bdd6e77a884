"""What must hold in a test: sentences, and a list of those that do not.

A violation is told at once, and is not the end of the test. It is told with what the caller has
at hand, and with what the witnesses know: every Home that is open tells its status, its story and
its log.
"""
import sys

told_in_full = 5  # violations; one more of the same kind needs no other status


class Claims:
    def __init__(self):
        self.violations, self.count, self.witnesses = [], 0, []

    def check(self, claim, holds, *evidence):
        """Returns: whether it holds."""
        self.count += 1
        if not holds:
            self.violations.append(claim)
            self.say("violation:", claim, *evidence)
            if len(self.violations) <= told_in_full:
                for witness in list(self.witnesses):
                    self.say(*self.ask(witness))
        return bool(holds)

    @staticmethod
    def say(*lines):
        print(*lines, sep="\n  ", file=sys.stderr, flush=True)

    @staticmethod
    def ask(witness):
        try:
            return witness()
        except Exception as error:  # what cannot be told does not hide the violation
            return ["a witness could not tell:", repr(error)]

    def end(self, summary="", missing=()):
        """Ends the test. Its status: 1 with a violation, 77 when something could not be tried."""
        if self.violations:
            self.say(*self.violations)
            sys.exit(f"{len(self.violations)} of {self.count} claims do not hold")
        print(f"{self.count} claims hold" + (f"; {summary}" if summary else ""))
        if missing:
            print("skipped", *missing, sep="\n  ")
            sys.exit(77)


claims = Claims()  # a test is one process
check = claims.check
