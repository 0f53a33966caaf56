"""Who may do what, written by hand from the "who" columns of the design's lifecycles; the tables must say the same.

One entry a lifecycle and row. An entry lists roles, each with the place where it must be held: `own` = in the organisation
whose thing it is (agency, supplier, department, meeting), `region` = in an organisation of that thing's region, `person` =
the very person, `named` = an opener named for this opening, `bidder` = who handed in a bid that was opened, `member` = the
member himself, `seated` = who sits on the panel, `leader` = its leader,
`delegate` = in whose hands a role was put; without a place a row makes a new thing. `system` =
time, or a consequence of another row. Words of the design and roles: the purchaser's officer is PLANNER for planning,
OFFICER for buying, ACCEPTOR for accepting and PAYER for paying (four duties, four people, S-125); head is HEAD; finance
officer, finance head and budget officer are FINANCE_OFFICER, FINANCE_HEAD, BUDGET_OFFICER; the procurement supervisor sits
in the finance department.
"""
from __future__ import annotations

UNITS = ("REVIEWER_PROCUREMENT own", "REVIEWER_FINANCE own", "REVIEWER_BUSINESS own", "REVIEWER_SUPERVISION own")
INTERNAL = ", ".join(UNITS)
REVIEWING = "ESTABLISHMENT_REVIEWER own, HUMAN_RESOURCES_REVIEWER own, FINANCE_OFFICER own"
SUPPLIER = "SUPPLIER_OFFICER own, SUPPLIER_HEAD own"
EVERYBODY = (
    "OFFICER PLANNER ACCEPTOR PAYER PROJECT_OFFICER HEAD DEPARTMENT REVIEWER_PROCUREMENT REVIEWER_FINANCE REVIEWER_BUSINESS "
    "REVIEWER_SUPERVISION OPENER WITNESS FINANCE_OFFICER FINANCE_HEAD BUDGET_OFFICER ESTABLISHMENT_REVIEWER "
    "HUMAN_RESOURCES_REVIEWER MEETING_SECRETARY CONVENER REGISTRAR SUPPLIER_OFFICER SUPPLIER_HEAD EXPERT EVALUATOR "
    "EVALUATOR_HEAD AUDITOR ADMINISTRATOR"
).split()
ANYBODY = ", ".join(EVERYBODY)
HIMSELF = ", ".join(f"{role} person" for role in EVERYBODY)
DELEGATE = ", ".join(f"{role} delegate" for role in EVERYBODY)

PERMISSIONS: dict[str, dict[str, str]] = {
    # L0.1: "system" in every row
    "workdays.clock": {
        "start": "system", "pause": "system", "resume": "system", "move": "system", "recount": "system", "stop": "system",
        "elapse": "system", "exceed": "system", "stop_late": "system", "void": "system",
    },
    # ADM-03: accepted by who has the link, expired by time
    "administration.invitation": {
        "invite": "ADMINISTRATOR", "renew": "ADMINISTRATOR region", "withdraw": "ADMINISTRATOR region", "accept": "system",
        "expire": "system",
    },
    # RCV-02: another person than who entered it puts it in force
    "administration.calendar": {
        "propose": "ADMINISTRATOR", "approve": "FINANCE_HEAD region, ADMINISTRATOR region",
        "reject": "FINANCE_HEAD region, ADMINISTRATOR region",
    },
    # L0.3: recorded by an administrator or from the health log; the procurement supervisor decides
    "workdays.outage": {
        "record": "system, ADMINISTRATOR", "propose": "system", "apply": "FINANCE_HEAD region", "dismiss": "FINANCE_HEAD region",
        "escalate": "system",
    },
    # L0.2: the purchaser's own hold; who imposed it lifts it, else the system when the cause is decided
    "plans.hold": {
        "impose": "system", "impose_by_purchaser": "HEAD", "lift": "system, HEAD own", "expire": "system",
    },
    # L1.1: finance writes the list of its region, a department its own within it, which finance decides
    "catalogue.version": {
        "draft": "FINANCE_OFFICER, PLANNER", **dict.fromkeys(
            ("replace_items", "add_item", "change_item", "move_item", "retire_item", "restore_item"), "FINANCE_OFFICER own, PLANNER own"
        ),
        "consult": "FINANCE_HEAD own, HEAD own", "submit": "FINANCE_HEAD own, HEAD own",
        "send_back": "system, FINANCE_HEAD region, HEAD own, MEETING_SECRETARY region",
        "approve": "system, FINANCE_HEAD region", "issue": "FINANCE_HEAD own, HEAD own", "supersede": "system",
        "cancel": "FINANCE_HEAD own, HEAD own", "import_reference": "system",
    },
    # L1.1: opinions on a draft; the public hands in by its own page, for which the portal acts
    "catalogue.comment": {
        "hand_in": "system", "take_down": "FINANCE_OFFICER, PLANNER", "answer": "FINANCE_OFFICER own, PLANNER own",
        "set_aside": "FINANCE_OFFICER own, PLANNER own",
    },
    # L1.2: six answers and three nearest leaves, duty by the establishment office, decision by the finance head
    "catalogue.outside": {
        "draft": "PLANNER", "edit": "PLANNER own", "ask_wording": "PLANNER own", "overrule_wording": "FINANCE_OFFICER region",
        "submit": "HEAD own", "confirm_duty": "ESTABLISHMENT_REVIEWER region", "review": "FINANCE_OFFICER region",
        "link": "FINANCE_OFFICER region", "send_back": "FINANCE_OFFICER region", "file": "system, FINANCE_HEAD region",
        "reject": "system, FINANCE_HEAD region", "withdraw": "HEAD own", "discard": "PLANNER own",
        "take_up": "FINANCE_OFFICER region", "adopt": "system", "lapse": "system",
    },
    # L1.3: the government speaks through the convener of its joint meeting
    "catalogue.implementation": {
        "draft": "FINANCE_OFFICER", "replace_entries": "FINANCE_OFFICER region", "add_entry": "FINANCE_OFFICER region",
        "change_entry": "FINANCE_OFFICER region", "drop_entry": "FINANCE_OFFICER region", "submit": "FINANCE_HEAD region",
        "send_back": "CONVENER region", "approve": "CONVENER region", "issue": "FINANCE_HEAD region",
        "add_entries": "FINANCE_HEAD region", "supersede": "system",
    },
    # S-13: one takes it in, another publishes it
    "catalogue.policy": {
        "draft": "FINANCE_OFFICER", "edit": "FINANCE_OFFICER region", "discard": "FINANCE_OFFICER region",
        "publish": "FINANCE_HEAD region", "end": "FINANCE_HEAD region", "replace": "system", "expire": "system",
    },
    # S-15: civil affairs keeps it; by whom it was approved stands in its paper
    "catalogue.recommended": {
        "draft": "REGISTRAR", **dict.fromkeys(
            ("edit", "edit_entries", "replace_entries", "discard", "publish", "strike", "withdraw"), "REGISTRAR own"
        ), "replace": "system", "lapse": "system",
    },
    # S-14: compiled by the department, approved by the establishment office
    "catalogue.functions": {
        "draft": "PLANNER", "edit": "PLANNER own", "replace_functions": "PLANNER own", "discard": "PLANNER own", "submit": "HEAD own",
        "send_back": "ESTABLISHMENT_REVIEWER region", "approve": "ESTABLISHMENT_REVIEWER region", "supersede": "system",
    },
    # S-11: finance says what is meant to be reached
    "catalogue.target": {"set": "FINANCE_OFFICER", "change": "FINANCE_OFFICER region", "drop": "FINANCE_HEAD region"},
    # L2.1
    "plans.plan": {
        "draft": "PLANNER", "carry_over": "PLANNER own", "propose": "PLANNER own", "submit": "HEAD own", "send_back": "HEAD own",
        "send_back_by_finance": "FINANCE_OFFICER region", "lapse": "system", "conclude": "system", "publish": "HEAD own",
        "close": "system",
    },
    # L2.2
    "plans.item": {
        "draft": "PLANNER", "edit": "PLANNER own", "attach_report": "PLANNER own", "propose": "system, PLANNER own",
        "submit": "system, HEAD own", "send_back": "system, HEAD own", "send_back_reviewed": "system",
        "complete_review": "system",
        "approve": "system, FINANCE_HEAD region", "defer": "system", "relist": "MEETING_SECRETARY region",
        "reject": "system, FINANCE_HEAD region", "withdraw": "HEAD own", "discard": "PLANNER own", "copy": "PLANNER own",
        "ask_adjust": "PLANNER own", "adjust": "system", "carry_over": "system", "drop_carried": "system, PLANNER own",
        "ask_wording": "PLANNER own", "overrule_wording": "FINANCE_OFFICER region", "ask_cancel": "HEAD own",
        "cancel": "FINANCE_HEAD region",
        "execute": "system", "lapse": "system", "record_history": "system",
    },
    # BOOK-01: many items at once; read and ended by the system, put in by the agency's planners
    "plans.workbook": {
        "upload": "PLANNER", "read": "system", "complete": "system", "fail": "system", "requeue": "system", "commit": "PLANNER own",
        "correct": "PLANNER own", "discard": "PLANNER own",
    },
    # L2.3: "claimer" is the reviewer of the department; a guard asks for the very person
    "plans.step": {
        "lay_out": "system", "activate": "system", "skip": "system", "claim": REVIEWING,
        "release": f"system, {REVIEWING}, FINANCE_HEAD own", "put_back": "system", "delegate": f"{REVIEWING}, FINANCE_HEAD own",
        "ask": REVIEWING, "approve": REVIEWING, "send_back": REVIEWING, "reject": REVIEWING, "escalate": "system",
        "void": "system",
    },
    # L2.3: the question of a department at a field
    "plans.comment": {
        "note": "system", "answer": "PLANNER own", "ask_again": REVIEWING, "resolve": f"system, {REVIEWING}",
    },
    # L2.4
    "plans.meeting": {
        "call": "MEETING_SECRETARY", "list_item": "MEETING_SECRETARY own", "remove_item": "MEETING_SECRETARY own",
        "convene": "CONVENER own", "record_decision": "MEETING_SECRETARY own",
        "agree_to_rest": "MEETING_SECRETARY own", "minute": "CONVENER own",
        "supplement": "CONVENER own",
        "cancel": "CONVENER own",
    },
    "plans.agenda": {"list_item": "system", "decide": "system", "remove_item": "system, HEAD own"},
    # S-184
    "plans.leading_group": {
        "establish": "FINANCE_HEAD, FINANCE_OFFICER", "revise": "FINANCE_HEAD region, FINANCE_OFFICER region",
    },
    # S-190: made by time, reported by the lead department
    "workbench.monthly_report": {"make": "system", "report": "FINANCE_HEAD own, FINANCE_OFFICER own"},
    # L2.5: "system" in every row
    "plans.project": {
        "open_project": "system", "approve": "system", "fund": "system", "prepare": "system", "start_tendering": "system",
        "award": "system", "contract": "system", "perform": "system", "accept": "system", "evaluate": "system",
        "fall_back": "system", "close": "system", "abort": "system", "take_over": "system",
    },
    # L2.6: drafted with the approval or by the agency, out by its head
    "plans.intention": {
        "draft": "system, OFFICER, PLANNER", "edit": "system, OFFICER own, PLANNER own", "publish": "HEAD own",
        "publish_along": "system", "correct": "system, HEAD own",
        "waive": "HEAD own", "shorten": "HEAD own", "announce_start": "system", "remind_of_month": "system",
        "recount": "system", "follow": "system", "withdraw": "system, HEAD own",
    },
    # L2.2 adjust: asked for at the item
    "plans.adjustment": {
        "draft": "system", "edit": "PLANNER own", "submit": "HEAD own", "agree": "FINANCE_OFFICER region",
        "approve": "system, FINANCE_HEAD region", "send_back": "FINANCE_OFFICER region, FINANCE_HEAD region",
        "refuse": "FINANCE_OFFICER region, FINANCE_HEAD region", "withdraw": "system, PLANNER own, HEAD own", "record": "system",
    },
    # L3.1
    "budgets.line": {
        "draft": "PLANNER, BUDGET_OFFICER", "submit": "HEAD own", "allocate": "FINANCE_HEAD region",
        "adjust": "FINANCE_HEAD region",
        "freeze": "FINANCE_HEAD region", "unfreeze": "FINANCE_HEAD region", "close": "system", "cancel": "system, BUDGET_OFFICER region",
        "share_out": "system", "carry_over": "FINANCE_HEAD region", "bring_forward": "system", "run_short": "system",
        "tell_unspent": "system",
    },
    # L3.2
    "budgets.encumbrance": {
        "reserve": "system, FINANCE_OFFICER", "change": "system, FINANCE_OFFICER region", "pledge": "system, FINANCE_HEAD",
        "reduce": "system", "carry": "system",
        "take_over": "system", "honour": "system", "commit": "system", "trim": "system",
        "pay": "system", "settle": "system", "refund": "BUDGET_OFFICER region", "release": "system, FINANCE_HEAD region",
    },
    # BOOK-01 to BOOK-04
    "budgets.book": {
        "upload": "PLANNER, BUDGET_OFFICER", "take_in": "PLANNER own, BUDGET_OFFICER own", "discard": "PLANNER own, BUDGET_OFFICER own",
    },
    # S-98, S-99
    "budgets.sharing": {
        "draft": "PLANNER, BUDGET_OFFICER", "submit": "HEAD own", "receive": "BUDGET_OFFICER region", "cancel": "BUDGET_OFFICER region",
    },
    # L4.1
    "suppliers.supplier": {
        "draft": "SUPPLIER_OFFICER, SUPPLIER_HEAD", "revise": SUPPLIER, "register": "SUPPLIER_HEAD own", "confirm": "system",
        "confirm_year": "SUPPLIER_HEAD own", "lapse": "system", "freeze": "FINANCE_OFFICER region, FINANCE_HEAD region",
        "unfreeze": "FINANCE_OFFICER region, FINANCE_HEAD region", "close": "SUPPLIER_HEAD own, REGISTRAR region",
    },
    "suppliers.evidence": {
        "submit_evidence": "SUPPLIER_OFFICER", "confirm_evidence": "REGISTRAR region", "reject_evidence": "REGISTRAR region",
        "expire_evidence": "system",
    },
    # L5.2
    "tenders.tender": {
        "draft": "OFFICER", "draft_successor": "system", "edit": "OFFICER own", "propose": "OFFICER own", "review": INTERNAL,
        "complete_review": "system", "send_back": f"{INTERNAL}, HEAD own", "publish": "HEAD own",
        "prepare_clarification": "OFFICER own", "clarify": "HEAD own", "extend": "HEAD own", "end_offer": "system",
        "postpone": "system", "close": "system",
        "open_bids": "system", "start_evaluation": "OFFICER own", "finish_evaluation": "system", "award": "system",
        "complete": "system", "fail": "HEAD own", "terminate": "HEAD own", "cancel": "HEAD own", "restart": "OFFICER own",
    },
    # L5.3: approved "as part of the act that publishes", which is the head's: the rows run inside it
    "notices.notice": {
        "draft": "system", "approve": "system", "publish": "system", "record_receipt": "system", "end": "system",
    },
    # L6.1: the parts are put by the bidder; "who judges that step; after ranking the head" invalidates
    "bids.bid": {
        "draft": "SUPPLIER_OFFICER", "put_price": SUPPLIER, "put_response": SUPPLIER, "put_file": SUPPLIER, "drop_part": SUPPLIER,
        "submit": "SUPPLIER_HEAD own", "replace": "SUPPLIER_HEAD own", "withdraw": "SUPPLIER_HEAD own", "lapse": "system",
        "return_unopened": "system", "unseal": "system", "report_tampering": "system", "confirm_price": "SUPPLIER_HEAD own",
        "qualify": "OFFICER own", "find_responsive": "system",
        "invalidate": "system, OFFICER own while OPENED, HEAD own while RANKED/SELECTED", "rank": "system",
        "select": "system", "not_select": "system",
    },
    # L6.2: openers and bidders are named by the session: a guard asks for them
    "bids.key": {
        "name_openers": "OFFICER", "name_again": "OFFICER own", "set_passphrase": "OPENER named", "make": "system",
        "prove": "OPENER named",
        "complete": "system", "succeed": "system", "hand_over": "OPENER named", "note_failure": "system", "destroy": "system",
    },
    "bids.opening": {
        "schedule": "system", "move": "system", "publish_digest": "system", "replace_opener": "HEAD own", "adjourn": "HEAD own",
        "resume": "HEAD own", "attend": "OPENER named, WITNESS person", "start": "OPENER named", "void": "system",
        "open_bids": "OPENER named",
        "doubt": "SUPPLIER_OFFICER bidder, SUPPLIER_HEAD bidder", "answer_doubt": "OPENER named, OFFICER own",
        "confirm_record": "SUPPLIER_OFFICER bidder, SUPPLIER_HEAD bidder", "deem_confirmed": "system",
        "close_record": "OPENER named",
    },
    # L7.1: the witness attests what the officer seals; who the member is, a guard asks
    "awards.draw": {
        "draft": "OFFICER", "edit": "OFFICER own", "seal_seed": "OFFICER own", "attest": "WITNESS person", "draw": "OFFICER own",
        "elect_leader": "system", "close_draw": "system",
    },
    "awards.member": {
        "invite": "system", "send": "system", "confirm": "EXPERT member", "decline": "EXPERT member", "lapse": "system",
        "declare": "EXPERT member",
        "nominate": "EXPERT member", "recuse": "EXPERT member, HEAD own", "replace": "OFFICER own", "release": "system",
    },
    # L7.2: "the member alone"; the leader reopens
    "awards.sheet": {
        "issue": "system", "review_conformity": "EXPERT member", "score": "EXPERT member", "submit": "EXPERT member",
        "reopen": "EXPERT leader", "lock": "system",
        "void": "system",
    },
    # L7.4: the panel asks and judges, never purchaser or agent (RAL-07); the bidder answers
    "awards.report": {
        "draft": "system", "sign": "EXPERT seated", "complete_signing": "system", "deliver": "OFFICER own", "supersede": "system",
    },
    "awards.price_question": {
        "ask": "EXPERT", "ask_by_rule": "system", "answer": SUPPLIER, "judge": "EXPERT seated", "find_justified": "system",
        "find_unjustified": "system",
    },
    # L7.5
    "awards.award": {
        "propose": "system", "decide": "HEAD own", "decide_other": "HEAD own", "deem": "system", "note_obstacle": "HEAD own",
        "announce": "HEAD own", "contract": "system", "abandon": "SUPPLIER_HEAD own, HEAD own", "annul": "system",
        "replace": "HEAD own", "step_up": "system",
    },
    # L9.1
    "contracts.contract": {
        "draft": "system", "take_over": "system", "edit": "OFFICER own", "propose": "OFFICER own", "send_back": "HEAD own",
        "decline": "SUPPLIER_HEAD own", "offer": "HEAD own", "sign": "SUPPLIER_HEAD own", "countersign": "HEAD own",
        "publish": "HEAD own", "assign_officer": "system, HEAD own", "start": "system", "call_report": "system",
        "call_inspection": "system", "finish": "system",
        "release_bond": "HEAD own", "complete": "system", "terminate": "HEAD own", "cancel": "system",
    },
    # L9.2
    "contracts.filing": {
        "prepare": "system", "submit": "OFFICER own", "send_back": "FINANCE_OFFICER region", "file": "FINANCE_OFFICER region",
    },
    # L9.4
    "contracts.deliverable": {
        "draft": "system", "agree": "system", "log": "SUPPLIER_OFFICER own", "report_done": "SUPPLIER_OFFICER own",
        "accept": "system", "fail": "system",
    },
    # L9.5
    "contracts.report": {
        "expect": "system", "submit": "SUPPLIER_HEAD own", "send_back": "OFFICER own",
        "confirm": "OFFICER own, PROJECT_OFFICER own", "waive": "HEAD own",
    },
    # L9.6
    "contracts.inspection": {
        "expect": "system", "plan_visit": "HEAD", "record": "PROJECT_OFFICER own", "visit": "PROJECT_OFFICER",
        "acknowledge": "system, SUPPLIER_OFFICER own", "dispute": "SUPPLIER_HEAD own", "settle": "HEAD own",
        "miss": "system", "void": "system",
    },
    # L10.1: the accepting officer leads and notes what the members judge; every member signs
    "contracts.acceptance": {
        "plan": "system", "request": "system, SUPPLIER_HEAD own", "convene": "HEAD own", "judge_item": "ACCEPTOR own",
        "sign": f"ACCEPTOR own, PROJECT_OFFICER own, OFFICER own, PLANNER own, {INTERNAL}, EXPERT",
        "record_signature": "ACCEPTOR own", "accept": "ACCEPTOR own", "accept_in_part": "ACCEPTOR own", "fail": "ACCEPTOR own",
        "publish": "HEAD own", "void": "system",
    },
    # L10.2: "who holds it" sends back, one row for each that may hold it
    "payments.request": {
        "draft": "system, SUPPLIER_OFFICER", "submit": "SUPPLIER_HEAD own", "confirm": "PAYER own", "approve": "HEAD own",
        "review": "FINANCE_OFFICER region", "order": "BUDGET_OFFICER region", "record_receipt": "BUDGET_OFFICER region",
        "record_rejection": "BUDGET_OFFICER region", "correct_account": "SUPPLIER_HEAD own", "resume": "BUDGET_OFFICER region",
        "send_back": "PAYER own", "send_back_confirmed": "HEAD own", "send_back_approved": "FINANCE_OFFICER region",
        "send_back_reviewed": "BUDGET_OFFICER region", "cancel": "system, SUPPLIER_HEAD own", "record_history": "system",
    },
    # L11.1
    "schemes.scheme": {
        "draft": "OFFICER", "edit": "OFFICER own", "propose": "OFFICER own", "send_back": "HEAD own, FINANCE_OFFICER region",
        "approve": "HEAD own", "bind": "system", "bind_further": "system", "retire": "OFFICER own",
    },
    # L11.2: finance commissions; both sides give evidence when asked
    "assessments.engagement": {
        "propose": "FINANCE_OFFICER", "engage": "FINANCE_HEAD region", "sign_independence": "EVALUATOR own, EVALUATOR_HEAD own",
        "declare": "EVALUATOR_HEAD own", "plan": "EVALUATOR own", "collect": "EVALUATOR own", "add_evidence": "EVALUATOR own",
        "provide_evidence": "OFFICER own, SUPPLIER_OFFICER own", "score": "EVALUATOR own", "hear_recipients": "EVALUATOR own",
        "consult": "EVALUATOR_HEAD own", "reply": "HEAD own, SUPPLIER_HEAD own", "report": "EVALUATOR_HEAD own",
        "check": "FINANCE_OFFICER region", "terminate": "FINANCE_HEAD region, EVALUATOR_HEAD own",
    },
    # L11.4
    "assessments.assessment": {
        "open_assessment": "system, FINANCE_OFFICER", "score_party": "HEAD own", "take_report": "system", "compute": "system",
        "serve": "FINANCE_OFFICER region, FINANCE_HEAD region", "dispute": "SUPPLIER_HEAD own, HEAD own",
        "review": "FINANCE_HEAD region", "confirm": "system, FINANCE_HEAD region", "publish": "FINANCE_HEAD region, HEAD own",
        "void": "FINANCE_HEAD region",
    },
    # L11.5
    "assessments.use": {
        "propose": "system", "apply": "system, FINANCE_HEAD region", "waive": "FINANCE_HEAD region",
        "revoke": "system, FINANCE_HEAD region",
    },
    # DLG-01: whoever holds a role; granted, revoked and given up by the principal, given back by the delegate
    "delegations.delegation": {
        "draft": ANYBODY, "edit": HIMSELF, "grant": HIMSELF, "begin": "system", "end": "system", "revoke": HIMSELF,
        "give_back": DELEGATE, "cancel": HIMSELF,
    },
    # L14.3: "anybody for what he may see"; then "requester"
    "reports.job": {
        "queue": ANYBODY, "run": "system", "complete": "system", "fail": "system", "requeue": "system",
        "retry": f"{HIMSELF}, ADMINISTRATOR", "cancel": HIMSELF, "expire": "system",
    },
}


def entry(lifecycle: str, row: str) -> set[tuple[str, str, frozenset[str]]]:
    """The entry as {(role, place, states)}; the system is "system", no states are all."""
    found = set()
    for word in PERMISSIONS[lifecycle][row].split(", "):
        who, _while, states = word.partition(" while ")
        role, _blank, place = who.partition(" ")
        found.add((role, place, frozenset(states.split("/")) if states else frozenset()))
    return found


#: Rows that open, sign, pay or administer: before them the person shows once more that it is he (AUTH-01).
STEP_UP: dict[str, set[str]] = {
    "plans.meeting": {"minute"},
    "budgets.encumbrance": {"refund"},
    "bids.key": {"set_passphrase", "prove", "hand_over"},
    "bids.opening": {"start", "open_bids", "close_record"},
    "awards.report": {"sign"},
    "awards.award": {"decide", "decide_other", "announce", "replace"},
    "contracts.contract": {"offer", "sign", "countersign", "release_bond", "terminate"},
    "contracts.acceptance": {"sign", "accept", "accept_in_part", "fail"},
    "payments.request": {"approve", "order", "correct_account"},
    "assessments.engagement": {"sign_independence", "report"},
    "administration.invitation": {"invite", "renew"},
}
#: Lifecycles that programs do not act on: the clock and the agenda of a meeting go with their things.
NO_API = {"workdays.outage", "administration.calendar", "administration.invitation", "workdays.clock", "plans.agenda", "notices.notice"}
GOVERNMENT = "agency superior departments"
OUTSIDERS = "suppliers experts evaluation operations"
#: Who sees the example of a lifecycle (tests/factories/examples.py), by organisation or group; everybody else is told 404 (G1).
SEEN_BY: dict[str, str] = {
    "administration.calendar": "operations finance audit",
    "administration.invitation": "operations",
    "workdays.clock": "agency superior finance audit",
    "workdays.outage": "operations finance audit",
    "plans.hold": f"{GOVERNMENT} {OUTSIDERS}",  # the project is public, and so is that it is paused
    "catalogue.version": "finance meeting audit",  # not yet in force
    "catalogue.comment": "finance meeting audit",  # not yet answered
    "catalogue.outside": GOVERNMENT,
    "catalogue.implementation": "finance meeting audit",  # not yet published
    "catalogue.policy": "finance meeting audit",  # not yet published
    "catalogue.recommended": "registry audit",  # not yet published
    "catalogue.target": "everybody",
    "catalogue.functions": "agency establishment finance audit",  # not yet approved
    "plans.plan": f"{GOVERNMENT} {OUTSIDERS}",  # published
    "plans.item": f"{GOVERNMENT} {OUTSIDERS}",  # approved
    "plans.workbook": GOVERNMENT,
    "plans.step": GOVERNMENT,
    "plans.comment": GOVERNMENT,
    "plans.meeting": f"{GOVERNMENT} agencies",
    "plans.agenda": f"{GOVERNMENT} agencies",
    "plans.leading_group": "everybody",
    "workbench.monthly_report": "departments",
    "plans.project": f"{GOVERNMENT} {OUTSIDERS}",  # approved
    "plans.intention": "everybody",  # published
    "plans.adjustment": f"{GOVERNMENT} {OUTSIDERS}",  # in effect
    "budgets.line": GOVERNMENT,
    "budgets.encumbrance": GOVERNMENT,
    "budgets.sharing": GOVERNMENT,
    "budgets.book": GOVERNMENT,
    "suppliers.supplier": "supplier_a finance registry audit",
    "suppliers.evidence": "supplier_a finance registry audit",
    "tenders.tender": "everybody",
    "notices.notice": "everybody",
    "bids.bid": "supplier_a agency audit",  # opened
    "bids.key": "agency audit",
    "bids.opening": "everybody",  # held
    "awards.draw": "agency finance audit",
    "awards.member": "agency finance audit person",
    "awards.sheet": "agency finance audit panel",
    "awards.report": "agency finance audit",
    "awards.price_question": "agency finance audit contractor",  # judged
    "awards.award": "everybody",  # announced
    "contracts.contract": f"{GOVERNMENT} contractor evaluation",
    "contracts.filing": f"{GOVERNMENT} contractor evaluation",
    "contracts.deliverable": f"{GOVERNMENT} contractor evaluation",
    "contracts.report": f"{GOVERNMENT} contractor evaluation",
    "contracts.inspection": f"{GOVERNMENT} contractor evaluation",
    "contracts.acceptance": f"{GOVERNMENT} contractor evaluation",
    "payments.request": f"{GOVERNMENT} contractor evaluation",
    "schemes.scheme": f"{GOVERNMENT} contractor evaluation",
    "assessments.engagement": f"{GOVERNMENT} contractor evaluation",
    "assessments.assessment": "everybody",  # published
    "assessments.use": f"{GOVERNMENT} contractor",
    "delegations.delegation": "person delegate audit",
    "reports.job": "person",
}
