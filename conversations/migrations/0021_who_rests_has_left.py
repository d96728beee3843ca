"""Who comes to rest, or is put away, has left the talk that it had a part in: it hears nothing of
what is said there. However that happens: by a keeper's act, a form, a command. When it next speaks
there, it is back.
"""

from django.db import migrations

THERE = """
CREATE FUNCTION conversations_leave() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE conversations_participant p SET left_at = clock_timestamp()
    FROM conversations_conversation c
    WHERE c.id = p.conversation_id AND c.status = 'open'
      AND p.character_id = NEW.id AND p.left_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER who_rests_has_left AFTER UPDATE OF status ON characters_character
    FOR EACH ROW WHEN (OLD.status = 'active' AND NEW.status <> 'active')
    EXECUTE FUNCTION conversations_leave();
"""
BACK = """
DROP TRIGGER who_rests_has_left ON characters_character;
DROP FUNCTION conversations_leave();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("characters", "0001_cast"),
        ("conversations", "0020_read_trouble"),
    ]

    operations = [migrations.RunSQL(THERE, BACK)]
