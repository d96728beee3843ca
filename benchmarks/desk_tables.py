"""What stands in the rows of a society that has talked for a year, table by table, as SQL."""

from __future__ import annotations

A_TALK = 50  # messages of a conversation
PEOPLE = 2000
MONTHS = 13  # before now, that the talks spread over

_SAYING = (
    "'The ' || who.words[1 + (c.id + n) %% 8] || ' is out past the ' || "
    "who.words[1 + (c.id * 3 + n) %% 8] || ', and nobody saw it go, number ' || n || '.'"
)
_WIDE = "jsonb_build_object('parts', repeat('identity, style, memories, transcript; ', {}))"
_SPOKEN = "conversations_message WHERE character_id IS NOT NULL"
_BONDS = "(SELECT array_agg(id ORDER BY id) AS ids FROM characters_relationship) bonds"

# Table, columns, and where the rows come from. Columns that aren't named and must have a value get
# an empty one. Everything hangs on rows that are there: the cast, its rooms, what is made first.
FILL: tuple[tuple[str, dict[str, str], str], ...] = (
    (
        "characters_person",
        {
            "username": "'visitor' || n",
            "is_active": "true",
            "timezone": "'UTC'",
            "consent_level": "'full'",
            "web_key": "md5(n::text)",
            "quiet_hours": "'[]'",
        },
        f"generate_series(1, {PEOPLE}) n",
    ),
    (
        "conversations_conversation",
        {
            "channel_id": "rooms.ids[1 + n %% cardinality(rooms.ids)]",
            "kind": "'with_people'",
            "status": "'closed'",
            "close_reason": "'idle'",
            "message_count": "%(talk)s",
            **dict.fromkeys(
                ("started_at", "last_message_at", "closed_at"),
                "now() - (%(talks)s - n) * interval '1 year' / %(talks)s",
            ),
        },
        """generate_series(1, %(talks)s) n,
        (SELECT array_agg(id ORDER BY id) AS ids FROM conversations_channel) rooms""",
    ),
    (
        "conversations_message",
        {
            "conversation_id": "c.id",
            "number": "n",
            "character_id": "CASE WHEN n %% 3 > 0 "
            "THEN who.cast[1 + (c.id + n) %% cardinality(who.cast)] END",
            "person_id": "CASE WHEN n %% 3 = 0 "
            "THEN who.people[1 + (c.id * 7 + n) %% cardinality(who.people)] END",
            "role": "CASE WHEN n %% 3 > 0 THEN 'assistant' ELSE 'user' END",
            "content": _SAYING,
            "sentiment": "sin(n)",
            "image_urls": "'[]'",
            "created_at": "c.started_at + n * interval '20 seconds'",
        },
        """(SELECT * FROM conversations_conversation WHERE status = 'closed') c,
        generate_series(1, %(talk)s) n,
        (SELECT (SELECT array_agg(id ORDER BY id) FROM characters_character) AS cast,
            (SELECT array_agg(id ORDER BY id) FROM characters_person) AS people,
            ARRAY['tide','bar','lamp','ferry','kettle','storm','rope','gull'] AS words) who
        ORDER BY c.id, n""",
    ),
    (
        "conversations_participant",
        {
            "conversation_id": "c.id",
            "character_id": "who.cast[1 + (c.id + n) %% cardinality(who.cast)]",
            "message_count": "15",
            "joined_at": "c.started_at",
        },
        """conversations_conversation c, generate_series(1, 4) n,
        (SELECT array_agg(id ORDER BY id) AS cast FROM characters_character) who
        WHERE c.status = 'closed'""",
    ),
    (
        "conversations_conversationanalytics",
        {
            "conversation_id": "id",
            "message_count": "message_count",
            "is_final": "true",
            "calculated_at": "closed_at",
        },
        "conversations_conversation WHERE status = 'closed'",
    ),
    (
        "conversations_delivery",
        {
            "message_id": "id",
            "surface": "'web'",
            "status": "'sent'",
            "nonce": "gen_random_uuid()",
            "next_attempt_at": "created_at",
            "sent_at": "created_at",
        },
        "conversations_message ORDER BY id",
    ),
    (
        "conversations_reaction",
        {
            "message_id": "m.id",
            "character_id": "who.cast[1 + m.id %% cardinality(who.cast)]",
            "emoji": "'👍'",
            "created_at": "m.created_at",
        },
        """conversations_message m,
        (SELECT array_agg(id ORDER BY id) AS cast FROM characters_character) who
        WHERE m.id %% 10 = 0""",
    ),
    (
        "conversations_messageedit",
        {"message_id": "id", "content_before": "content", "edited_at": "created_at"},
        "conversations_message WHERE id %% 40 = 0",
    ),
    (
        "conversations_turn",
        {
            "conversation_id": "conversation_id",
            "number": "number",
            "status": "'done'",
            "action": "'speak'",
            "move": "'reply'",
            "trigger": "'character'",
            "reason": "'spoken to'",
            "chosen_id": "character_id",
            "prompt_parts": _WIDE.format(25),
            **dict.fromkeys(("due_at", "decided_at", "finished_at"), "created_at"),
        },
        f"{_SPOKEN} ORDER BY id",
    ),
    (
        "audit_llmcall",
        {
            "purpose": "(ARRAY['speak','reflect','observe'])[1 + id %% 3]",
            "provider": "'bench'",
            "model": "'m'",
            "character_id": "chosen_id",
            "conversation_id": "conversation_id",
            "status": "CASE WHEN id %% 97 = 0 THEN 'failed' ELSE 'done' END",
            "error": "CASE WHEN id %% 97 = 0 THEN 'The server took too long.' ELSE '' END",
            "request": _WIDE.format(50),
            "response": "'The tide is out.'",
            "prompt_tokens": "900 + id %% 700",
            "completion_tokens": "40 + id %% 30",
            "cost_usd": "0.0004",
            "latency_ms": "700 + id %% 900",
            "started_at": "decided_at",
        },
        "conversations_turn ORDER BY id",
    ),
    (
        "conversations_tooluse",
        {
            "turn_id": "id",
            "key": "'recall'",
            "name": "'recall'",
            "origin": "'called'",
            "outcome": "'done'",
            "used_at": "decided_at",
        },
        "conversations_turn WHERE id %% 10 = 0",
    ),
    (
        "memories_memory",
        {
            "owner_id": "character_id",
            "kind": "'conversation'",
            "content": "'Somebody said: ' || content || ' ' || id",
            "provenance": "'witnessed'",
            "importance": "2 + id %% 7",
            "confidence": "1",
            "visibility": "'basic'",
            "tier": "'short'",
            "strength": "1",
            "occurred_at": "created_at",
            "content_hash": "md5(id::text)",
        },
        f"{_SPOKEN} ORDER BY id DESC LIMIT %(memories)s",
    ),
    (
        "conversations_turnmemory",
        {
            "turn_id": "t.id",
            "memory_id": "known.ids[1 + (t.id * 31 + n) %% cardinality(known.ids)]",
            "rank": "n",
            "score": ".5",
        },
        """conversations_turn t, generate_series(1, 2) n,
        (SELECT array_agg(id ORDER BY id) AS ids FROM memories_memory) known""",
    ),
    (
        "memories_derivation",
        {"memory_id": "id", "from_message_id": "least + id %% 1000"},
        "memories_memory, (SELECT min(id) AS least FROM conversations_message) message",
    ),
    (
        "memories_memorylink",
        {
            "from_memory_id": "id",
            "to_memory_id": "id + 1",
            "link_type": "'related'",
            "origin": "'auto'",
            "created_at": "occurred_at",
            "strength": ".8",
        },
        "memories_memory WHERE id < (SELECT max(id) FROM memories_memory)",
    ),
    (
        "memories_memoryrevision",
        {
            "memory_id": "id",
            "content_before": "content",
            "content_after": "content",
            "reason": "'consolidation'",
            "revised_at": "occurred_at",
        },
        "memories_memory WHERE id %% 3 = 0",
    ),
    (
        "memories_memoryshare",
        {
            "memory_id": "id",
            "source_character_id": "owner_id",
            "target_character_id": "(SELECT max(id) FROM characters_character)",
            "permission_level": "'basic'",
            "status": "'accepted'",
            "trust_level_at_sharing": ".5",
            "trust_required": ".3",
            "shared_at": "occurred_at",
        },
        """memories_memory WHERE id %% 4 = 0
        AND owner_id < (SELECT max(id) FROM characters_character)""",
    ),
    (
        "memories_entity",
        {"name": "username", "kind": "'person'", "person_id": "id"},
        "characters_person WHERE username LIKE 'visitor%%'",
    ),
    (
        "memories_entitymention",
        {
            "entity_id": "who.ids[1 + m.id %% cardinality(who.ids)]",
            "memory_id": "m.id",
            "start": "0",
            "\"end\"": "4",
        },
        """memories_memory m, (SELECT array_agg(id) AS ids FROM memories_entity) who""",
    ),
    (
        "memories_personfact",
        {
            "person_id": "p.id",
            "fact_type": "'hobby'",
            "fact_content": "'sails, ' || n",
            "category": "'hobby'",
            "source": "'conversation'",
            "temporal_relevance": "'present'",
            "visibility": "'basic'",
            "is_active": "true",
            "learned_at": "now() - n * interval '1 day'",
        },
        "characters_person p, generate_series(1, 20) n WHERE p.username LIKE 'visitor%%'",
    ),
    (
        "characters_moodchange",
        {
            "character_id": "chosen_id",
            "valence": "0.1",
            "delta_valence": "0.05",
            "trigger_type": "'conversation'",
            "description": "'what was said sounded warm'",
            "recorded_at": "decided_at",
        },
        "conversations_turn ORDER BY id",
    ),
    (
        "characters_relationshipevent",
        {
            "relationship_id": "bonds.ids[1 + t.id %% cardinality(bonds.ids)]",
            "kind": "'exchange'",
            "cause": "'a good talk'",
            "delta_trust": ".01",
            "before": "'{\"trust\": 0.5, \"affection\": 0.4, \"attunement\": 0.3}'",
            "after": "'{\"trust\": 0.51, \"affection\": 0.4, \"attunement\": 0.3}'",
            "occurred_at": "t.decided_at",
        },
        f"conversations_turn t, {_BONDS} ORDER BY t.id",
    ),
    (
        "characters_learningevent",
        {
            "character_id": "chosen_id",
            "learning_event": "'Learned that the tide waits for nobody.'",
            "learning_type": "'insight'",
            "learning_date": "decided_at",
        },
        "conversations_turn WHERE id %% 40 = 0",
    ),
    (
        "audit_performancemetric",
        {
            "metric_name": "'turn_seconds'",
            "metric_value": "1.5",
            "unit": "'s'",
            "recorded_at": "decided_at",
        },
        "conversations_turn",
    ),
    (
        "audit_fileoperation",
        {
            "character_id": "chosen_id",
            "operation_type": "'read'",
            "file_path": "'notes.md'",
            "success": "true",
            "occurred_at": "decided_at",
        },
        "conversations_turn WHERE id %% 20 = 0",
    ),
)  # fmt: skip
# Rows of the trail are each chained to the one before, as they are written: fewer of them.
TRAIL = 10_000
CHAINED: tuple[tuple[str, dict[str, str], str], ...] = (
    (
        "audit_securityevent",
        {
            "event_type": "'login_failed'",
            "severity": "'low'",
            "actor_name": "'somebody'",
            "occurred_at": "now() - n * interval '1 hour'",
        },
        f"generate_series({TRAIL}, 1, -1) n",
    ),
    (
        "audit_adminaction",
        {
            "actor_name": "'keeper'",
            "action_type": "'world.loaded'",
            "occurred_at": "now() - n * interval '1 hour'",
        },
        f"generate_series({TRAIL}, 1, -1) n",
    ),
)
