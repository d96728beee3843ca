"""A stand-in for Discord, over real sockets: the gateway and the HTTP API that a bot uses.

    with DiscordServer() as discord:
        harbour = discord.add_guild("Harbour", channels=["general", "art"], members=["Ann", "Bob"])
        general, ann = harbour.channel("general"), harbour.person("Ann")
        bot = subprocess.Popen([..., "manage.py", "runbot"], env={**env, **discord.environment()})
        discord.wait_connected()
        asked = ann.say(general, "Is anybody there?")
        discord.wait_for(lambda: discord.webhook_messages(general), what="an answer")
        assert discord.violations == []

It takes only what Discord's documentation allows: unknown fields, lengths, names and forms are
checked, refused in Discord's words, and noted in `violations`. Everything may be called from any
thread at any time.

The world:  `add_guild add_person`; a Guild's `channel() person() add_channel() add_member()
add_role() rename() kick() ban() invite_bot() set_available() delete()`; a Channel's `rename()
change() deny() allow() restore() delete() add_webhook()`; a Person's `say() edit() delete() react()
unreact() type_in() join() leave() rename() call_self() set_roles() start_thread() open_dm()`.
    general.deny(discord.bot, "SEND_MESSAGES")        the bot gets 403 50013 there
    ann.say(general, "old", at=an_hour_ago)           history, of which nobody is told
    ann.say(general, "look", attachments=[("cat.png", b"…")], reply_to=asked)
    ann.say(general, f"{bob.mention} and {discord.bot.mention}")

What the bot did:  `messages(channel)`, `webhook_messages(channel)` (author_name, avatar_url,
content, edits, mentions: whom it pinged), `typing`, `presence`, `commands(guild)`, `requests`,
`violations`, `rate_limited`, `gateway.sessions`; `wait_for(predicate, timeout, what)`,
`wait_connected(shards)`.

Commands and buttons:
    discord.invoke("mood", {"character": "Mara"}, by=ann, channel=general).answer().content
    discord.autocomplete("mood", "character", "ma", by=ann, channel=general)
    discord.use_on_message("Why?", message, by=ann).answer().is_ephemeral
    discord.click(answer, "Forget this", by=ann).acknowledged()
    form = discord.click(answer, "Edit", by=ann); form.form(); discord.submit(form, {"Name": "A."})

What goes wrong:  `disconnect(code) ask_to_reconnect() invalidate_sessions() forget_sessions()
revoke_token() grant_intents(…) go_down() come_back() outage()`, and in `faults`:
    discord.faults.rate_limit("POST /webhooks/*", times=2, retry_after=0.3)
    discord.faults.fail("POST /webhooks/*", status=502)
    discord.faults.refuse("POST /webhooks/*", status=404, code=10015, message="Unknown Webhook")
    discord.faults.delay("GET *", 0.2);  discord.faults.cut("POST /webhooks/*")
    discord.faults.lose_response("POST /webhooks/*")  the message stands there, no answer came
    discord.faults.duplicate_events = True;  .reorder_within_s = 0.2;  .heartbeats_unanswered = True
    discord.faults.poison("MESSAGE_CREATE");  .drop_events("MESSAGE_CREATE");  .invalidate_next()
    discord.faults.content_type = JSON_WITH_CHARSET;  .roles_as_objects, .nulls_in_history = True
    discord.limits.set("POST /webhooks/{webhook_id}/{webhook_token}", 2, per_s=1.0)

`python -m tests.discord.server --port 8077` starts one for a bot that is run by hand.
"""

from tests.discord.server.asking import NotOffered
from tests.discord.server.faults import JSON, JSON_WITH_CHARSET, Faults
from tests.discord.server.intents import Intent
from tests.discord.server.interactions import Interaction
from tests.discord.server.kinds import Kind
from tests.discord.server.messages import Attachment, Message
from tests.discord.server.people import Member, Person
from tests.discord.server.permissions import Permission
from tests.discord.server.places import Channel, Guild, Role
from tests.discord.server.rest.record import Request, Typing
from tests.discord.server.standin import TOKEN, DiscordServer
from tests.discord.server.webhooks import Webhook

__all__ = [
    "JSON",
    "JSON_WITH_CHARSET",
    "TOKEN",
    "Attachment",
    "Channel",
    "DiscordServer",
    "Faults",
    "Guild",
    "Intent",
    "Interaction",
    "Kind",
    "Member",
    "Message",
    "NotOffered",
    "Permission",
    "Person",
    "Request",
    "Role",
    "Typing",
    "Webhook",
]
