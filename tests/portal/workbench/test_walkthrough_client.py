"""The walkthrough sends an act again whose answer was lost: what it finds done is done, also when it has gone out of sight."""
import pytest

from portal.workbench.walkthrough.client import Answer, Person
from portal.workbench.walkthrough.story import StepFailed, Story


class Flaky(Person):
    """The first answer is lost; the act sent again is told that it is done."""

    def _send(self, method, path, data=None, *, raw=False, key=""):
        if method == "POST":
            assert key
            self.sent_again += 1
            return Answer(409, {"refusals": [], "done": {"id": 7}}, {})
        return Answer(*self.there, {})


@pytest.mark.parametrize(("there", "body"), [
    ((200, {"id": 7, "state": "REOPENED"}), {"id": 7, "state": "REOPENED"}),
    ((404, {"detail": "无"}), {"id": 7}),
])  # fmt: skip
def test_what_was_done_before_its_answer_was_lost_counts_as_done(there, body):
    person = Flaky("http://portal.invalid", "expert_6", patience=1)
    person.there = there
    person.name, person.organisation = "窦文涛", "专家库"
    story = Story("http://portal.invalid", None, say=lambda line: None, people={"expert_6": person})
    assert story.act("expert_6", "score-sheets", 7, "reopen", state="REOPENED") == body
    assert story.steps == 1


def test_another_state_than_the_expected_is_a_failed_step():
    person = Flaky("http://portal.invalid", "expert_6", patience=1)
    person.there = (200, {"id": 7, "state": "SUBMITTED"})
    person.name, person.organisation = "窦文涛", "专家库"
    story = Story("http://portal.invalid", None, say=lambda line: None, people={"expert_6": person})
    with pytest.raises(StepFailed):
        story.act("expert_6", "score-sheets", 7, "reopen", state="REOPENED")
