"""What two people have in common comes into a prompt where both facts may be said before who
listens, and both people consent to be remembered whole: the database holds it."""

from django.db import migrations

COMMON = """
-- Whether the speaker whose view stands open knows both facts, and nobody whom they are about
-- consents to less. As its owner, since prompts may not read people.
CREATE FUNCTION memories_consented(one bigint, other bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
RETURN NOT EXISTS (
    SELECT FROM memories_personfact f JOIN characters_person p ON p.id = f.person_id
    WHERE f.id IN (one, other)
      AND (p.consent_level <> 'full' OR f.character_id IS DISTINCT FROM memories_view_id(1))
);
ALTER TABLE memories_factassociation ENABLE ROW LEVEL SECURITY;
CREATE POLICY prompt_reads ON memories_factassociation FOR SELECT TO fishbowl_prompt USING (
    EXISTS (SELECT FROM memories_personfact f WHERE f.id = fact_1_id)
    AND EXISTS (SELECT FROM memories_personfact f WHERE f.id = fact_2_id)
    AND memories_consented(fact_1_id, fact_2_id)
);
GRANT SELECT ON memories_factassociation TO fishbowl_prompt;
"""
NOTHING_IN_COMMON = """
REVOKE ALL ON memories_factassociation FROM fishbowl_prompt;
DROP POLICY prompt_reads ON memories_factassociation;
ALTER TABLE memories_factassociation DISABLE ROW LEVEL SECURITY;
DROP FUNCTION memories_consented(bigint, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("memories", "0011_changes_compute_nothing_anew"),
        ("characters", "0001_cast"),
    ]

    operations = [migrations.RunSQL(COMMON, NOTHING_IN_COMMON)]
