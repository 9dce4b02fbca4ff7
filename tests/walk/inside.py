"""Ways of people who are in: a patient, a physician, an administrator, and a nurse whom nobody has let in yet."""

from collections.abc import Iterator

from playwright.sync_api import expect

from tests.walk.clinic import AMARA, CARLA, NORA, OLGA, PEGGY, RUTH, XIUYING
from tests.walk.walker import PATIENCE, Walker

PATIENT_OF = {"en": PEGGY, "zh-Hans": XIUYING}
WORDS = {"en": "Is it all right to swim with the scar?", "zh-Hans": "伤口这样可以游泳吗？"}


def patient(walker: Walker) -> Iterator[str]:
    """Messages, one conversation with what one does in it, settings, the lock."""
    name = PATIENT_OF[walker.language]
    walker.refusals |= {"401 /api/sign-in"}
    walker.sign_in(name)
    walker.see(".convs a")
    yield "home"
    yield from _asking(walker)
    for number, conversation in enumerate(walker.clinic.member(name)["conversations"]):
        walker.go(f"/conversations/{conversation}")
        walker.see("message-thread .msg")
        yield f"conversation-{number}"
    yield from _readers(walker)
    yield from _writing(walker)
    yield from _waiting_to_be_sent(walker)
    yield from _who_can_read(walker)
    walker.go("/security")
    yield "security"
    yield from _settings(walker)
    yield from _lock(walker)


def _asking(walker: Walker) -> Iterator[str]:
    walker.press("home.ask")
    walker.see("dialog[open]")
    yield "home-ask"
    walker.page.locator("dialog input[type=radio]").last.check()
    walker.see("#conversation-name")
    yield "home-ask-new"
    walker.close_dialog()


def _readers(walker: Walker) -> Iterator[str]:
    walker.page.locator("button.seal").click()
    walker.see("dialog[open] .readers")
    yield "readers"
    walker.page.locator("dialog .readers button").first.click()
    walker.see("dialog .code")
    yield "safety-code"
    walker.close_dialog()
    walker.press("conversation.rename")
    walker.see("#conversation-name")
    yield "rename"
    walker.close_dialog()


def _writing(walker: Walker) -> Iterator[str]:
    walker.page.locator("#composer-text").fill(WORDS[walker.language])
    yield "composer"
    walker.press("composer.send")
    own = walker.page.locator("article.msg--mine").last
    expect(own).to_contain_text(WORDS[walker.language])
    own.locator("summary").click()
    walker.page.mouse.click(640, 400)
    own.get_by_role("button", name=walker.say("message.correct")).click()
    walker.see("#corrected").fill(WORDS[walker.language] + " :)")
    yield "correct"
    walker.press("correct.send")
    expect(walker.page.locator("dialog[open]")).to_have_count(0)
    walker.see("article.msg--mine .corr")
    yield "corrected"
    own = walker.page.locator("article.msg--mine").last
    own.locator("summary").click()
    own.get_by_role("button", name=walker.say("message.take_back")).click()
    walker.see("dialog[open]")
    yield "take-back"
    walker.press("take_back.do", "dialog")
    walker.see("article.msg--mine.msg--gone >> nth=-1")
    yield "taken-back"


def _waiting_to_be_sent(walker: Walker) -> Iterator[str]:
    walker.page.context.set_offline(True)
    walker.see(".banner")
    walker.page.locator("#composer-text").fill(WORDS[walker.language])
    walker.page.locator(".composer button[type=submit]").click()
    walker.see(".msg--waiting")
    yield "conversation-offline"
    walker.page.locator('a[href="/home"]').first.click()
    walker.see(".convs a")
    yield "home-offline"
    walker.page.locator('a[href="/settings"]').first.click()
    walker.see("#leave-title, [role=alert]")
    yield "settings-offline"
    walker.press("settings.sign_out")
    walker.see("dialog[open]")
    yield "sign-out-waiting"
    walker.close_dialog()
    walker.page.context.set_offline(False)
    expect(walker.page.locator(".banner")).to_have_count(0, timeout=PATIENCE)


def _who_can_read(walker: Walker) -> Iterator[str]:
    walker.go("/who-can-read")
    walker.see(".grant")
    yield "who-can-read"
    walker.press("give.title")
    walker.see("grant-form #grantee")
    yield "who-can-read-give"
    walker.press("dialog.keep")
    walker.press("grant.change")
    walker.page.locator("grant-form [name=until]").last.check()
    walker.see("grant-form #until").fill("2031-03-10")
    yield "who-can-read-change"
    walker.press("dialog.keep")
    walker.press("take_off.open")
    walker.see("dialog[open]")
    yield "who-can-read-take-off"
    walker.close_dialog()
    walker.press("keep_out.open")
    walker.see("dialog[open] [name=block-who]").first.check()
    yield "who-can-read-keep-out"
    walker.close_dialog()


def _settings(walker: Walker) -> Iterator[str]:
    walker.go("/settings")
    walker.see("#leave-title")
    yield "settings"
    walker.press("settings.change_password")
    walker.see("#present-password, password-field")
    yield "settings-password"
    walker.press("join.back")
    walker.press("stolen.begin")
    walker.see(".steps")
    yield "settings-stolen"
    walker.press("dialog.keep")
    walker.see("#leave-title")


def _lock(walker: Walker) -> Iterator[str]:
    walker.press("frame.lock")
    walker.see("unlock-page input[type=password]").fill("not the password at all")
    yield "locked"
    walker.page.keyboard.press("Enter")
    walker.see("password-field [aria-invalid=true]")
    yield "locked-wrong"


def physician(walker: Walker) -> Iterator[str]:
    """The inbox, its lists and dialogs, a conversation, inviting a patient."""
    walker.sign_in(AMARA)
    walker.see("[data-row]")
    yield "inbox"
    walker.page.keyboard.press("?")
    walker.see("dialog[open]")
    yield "inbox-keys"
    walker.close_dialog()
    walker.press("start.title")
    walker.see("conversation-start")
    yield "inbox-start"
    walker.close_dialog()
    walker.page.locator("input[name=inbox-list]").last.check(force=True)
    walker.see("[data-row]")
    yield "inbox-conversations"
    conversation = walker.clinic.member(PATIENT_OF[walker.language])["conversations"][0]
    walker.go(f"/conversations/{conversation}")
    walker.see("message-thread .msg")
    yield "inbox-open"
    walker.page.locator("input[name=mode]").first.check(force=True)
    walker.page.locator("#composer-text").fill(WORDS[walker.language])
    yield "inbox-answer"
    walker.page.locator("button.seal").click()
    walker.see("dialog[open] .readers")
    yield "inbox-readers"
    walker.close_dialog()
    walker.press("ask.open")
    walker.see("ask-form #grantee")
    yield "inbox-ask"
    walker.close_dialog()
    walker.go("/clinic")
    walker.see("#invitations-title")
    yield "clinic-care-staff"
    yield from _inviting(walker)
    yield from _asking_for_access(walker)
    walker.go("/settings")
    walker.see("#leave-title")
    yield "settings-staff"


def _asking_for_access(walker: Walker) -> Iterator[str]:
    walker.go("/emergency")
    walker.see(".empty")
    yield "emergency"
    walker.press("emergencies.ask")
    walker.see("#emergency-number").fill(walker.clinic.member(PATIENT_OF[walker.language])["account"][-6:])
    yield "emergency-patient"
    walker.page.locator("emergency-ask [type=submit]").click()
    walker.see("emergency-ask [role=alert]")
    yield "emergency-no-way"


def custodian(walker: Walker) -> Iterator[str]:
    """Requests that wait: none."""
    walker.sign_in(CARLA)
    walker.see(".empty")
    yield "emergency-custodian"


def compliance(walker: Walker) -> Iterator[str]:
    """Every emergency access of the clinic: none."""
    walker.sign_in(OLGA)
    walker.see(".empty")
    yield "emergency-compliance"


def _inviting(walker: Walker) -> Iterator[str]:
    walker.page.locator("#invitations .btn--main").click()
    walker.see("invite-form")
    walker.press("invite.make")
    walker.see("invite-form [role=alert]")
    yield "invite-incomplete"
    walker.page.locator("input[name=invite-team]").first.check()
    walker.page.locator("#invite-note").fill("Heart clinic, Tuesday")
    walker.press("invite.make")
    walker.see("#sheet-title")
    yield "invitation"


def administrator(walker: Walker) -> Iterator[str]:
    """The clinic, and what is asked before something is done in it."""
    walker.sign_in(RUTH)
    walker.see("#invitations-title")
    yield "clinic"
    walker.press("teams.new")
    walker.see("team-form")
    yield "clinic-new-team"
    walker.close_dialog()
    walker.press("custodians.name_others")
    walker.see("custodians-form")
    yield "clinic-custodians"
    walker.close_dialog()
    walker.page.locator("#invitations .btn--main").click()
    walker.see("invite-form")
    yield "invite"


def waiting_nurse(walker: Walker) -> Iterator[str]:
    """Joined, and not let into the team yet."""
    walker.sign_in(NORA)
    walker.see("admission-page")
    yield "admission"
