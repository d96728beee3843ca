"""How people say that something is for nobody else, and what they tell only to friends, in the
languages they say it in. Pure."""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re

_ENGLISH = (
    r"\b(?:just |strictly )?between (?:you and me|us|the two of us|ourselves)\b|"
    r"\b(?:don'?t|do not|never|please don'?t) (?:\w+ )?tell (?:any(?:body|one)|(?:a|another) soul|"
    r"the others|them|people|\w+ (?:about|that|this|i))\b|"
    # to somebody by name, or to one's own: not 'I don't tell lies'
    r"(?<!\bi )(?<!\bwe )(?<!\byou )(?<!\bthey )(?<!\bto )(?<!\bwho )\b(?:don'?t|do not|never) (?:\w+ )?(?:tell|mention (?:it|this|that) to)"
    r" (?!me\b|us\b|you\b|lies\b|jokes\b|stories\b|tales\b|fibs\b|the (?:truth|time|difference)\b|it\b)"
    r"(?:him|her|(?:my|our) \w+|mum|dad|mom|\w+)(?=\s*(?:[,;:.!–—-]|but\b|please\b|$))|"
    r"\btell (?:nobody|no one|no-one|not a soul)\b|\bnot a word(?: of (?:it|this|that))? to\b|"
    r"\b(?:don'?t|do not|never) (?:breathe|say) a word\b|\b(?:don'?t|do not|never) (?:repeat|share|spread|pass on) (?:it|this|that)\b|"
    r"\b(?:don'?t|do not|never) let (?:any(?:body|one)|\w+) (?:know|find out)\b|"
    r"\b(?:this|that|it|what i \w+(?: you)?) (?:stays|has to stay|must stay|should stay) (?:between|with) (?:us|you)\b|"
    r"\bfor your (?:ears|eyes) only\b|\bunder your hat\b|\b(?:this|that|it)(?:'s| is) (?:strictly )?confidential\b|"
    r"\b(?:you(?:'re| are) the only (?:one|person) (?:who|that) knows|only you know)\b|"
    r"\bkeep (?:it|this|that) (?:to yourself|between us|quiet|secret|a secret|private)\b|"
    r"\b(?:this|it|that)(?:'s| is) (?:a |my |our )?secret\b|\bmy secret\b|"
    r"\bin (?:strict )?confidence\b|\boff the record\b|\bsworn? (?:you )?to secrecy\b|"
    r"\bnobody (?:else )?(?:knows|must know|may know|is to know|should know)\b|"
    r"\bno one (?:else )?(?:knows|must know|may know|is to know|should know)\b|"
    r"\bi'?(?:ve| have) never told (?:any(?:body|one)|a soul)\b|"
    r"\b(?:promise|swear) (?:me )?(?:not to|you won'?t) (?:tell|say)\b|\bmum'?s the word\b|"
    # what one may not, or did not, or would not have
    r"\b(?:i|we|you) (?:can'?t|cannot|couldn'?t|could not|mustn'?t|must not|may not|shouldn'?t|won'?t|didn'?t|did not) (?:ever )?tell (?:any(?:body|one)|a soul)\b(?! apart)|"
    r"\byou (?:can'?t|cannot|mustn'?t|must not|may not) (?:ever )?tell (?:him|her|them|(?:my|our) \w+|(?-i:[A-Z]\w+))(?=\s*(?:[,;:.!–—-]|but\b|please\b|$))|"
    r"\b(?:don'?t|do not|never) (?:tell a single|go telling)\b|\bi(?:'ve| have)? told (?:nobody|no one|no-one)\b|"
    r"\bi (?:haven'?t|have not)(?: yet)? told (?:any(?:body|one)|a soul)\b|\bi've not (?:yet )?told (?:any(?:body|one)|a soul)\b|"
    r"\b(?:don'?t|do not|never) let (?:this|that|it) leave (?:this|the) room\b|\b(?:mustn'?t|must not|must never|can'?t|cannot|may not|shouldn'?t|should not|doesn'?t) leave this room\b|"
    r"\byou(?:'re| are) the (?:first|only) (?:one|person) (?:that |who |whom )?i(?:'ve| have)? (?:ever )?(?:told|tell)\b|\byou(?:'re| are) the first to (?:know|hear)\b|"
    r"\b(?:nobody|no one|no-one) (?:else )?can (?:ever )?(?:know|find out)\b|\b(?:mustn'?t|must not|must never) (?:ever )?(?:know|find out|hear (?:of|about))\b|"
    r"\bi(?:'d| would) rather (?:nobody|no one|no-one|they|he|she|(?-i:[A-Z]\w+)) (?:didn'?t know|knew)\b|"
    r"\bi (?:don'?t|do not|wouldn'?t) want (?:any(?:body|one)|people|them|him|her|(?:my|our) \w+|(?-i:[A-Z]\w+))(?: else)? to (?:know|find out|hear (?:of|about))\b|"
    r"\b(?:can|could|will) you keep (?:a|my|our|this) secret\b|\bkeep (?:my|our|this) secret\b|\bkeep (?:it|this|that) (?:to yourselves|under wraps)\b|\bbetween you and i\b|"
    r"\b(?:don'?t|do not|never) repeat what\b|\bnot to be repeated\b|\b(?:this|that|it)(?:'s| is) (?:strictly |very |rather )?private(?=\s*(?:[,;:.!–—-]|$))"
)
_GERMAN = (
    r"\bunter uns(?: gesagt\b|\s*[:,;.!–—-])|\bunter vier augen\b|\b(?:bleibt|bleib|bleiben) (?:bitte )?unter uns\b|\bim vertrauen\b|"
    r"\b(?:sag|sagt|sagen sie|erzähl|erzähle|erzählt|verrat|verrate)\b[^.!?]{0,20}\b(?:niemand(?:em|en)?|keinem|keiner|nicht weiter)\b|"
    r"\bbehalt(?:e)?\b[^.!?]{0,12}\bfür dich\b|\b(?:das|es) ist (?:ein|mein|unser) geheimnis\b|\bmein geheimnis\b|"
    r"\b(?:niemand|keiner) (?:sonst )?(?:weiß|weiss|darf|soll)\b[^.!?]{0,25}|\bstreng vertraulich\b|"
    r"\bich hab(?:e|'s|s)?\b[^.!?]{0,20}\b(?:nie jemandem|nie wem|niemand(?:em)?|keinem)\b[^.!?]{0,12}\b(?:gesagt|erzählt|verraten)\b|\bich habe? es (?:noch )?nie (?:gesagt|erzählt)\b|"
    r"\bunter uns (?:zu )?bleiben?\b|\bein geheimnis (?:bewahren|behalten|für dich behalten)\b|\b(?:das|es) ist (?:streng )?geheim\b|"
    r"\b(?:darfst|dürft|dürfen sie|sollst|kannst)\b[^.!?]{0,20}\b(?:niemand(?:em|en)?|keinem|keiner)\b[^.!?]{0,12}\b(?:sag|erzähl|verrat)\w*|"
    r"\b(?:darf|soll) (?:niemand|keiner)\b[^.!?]{0,12}\b(?:erfahren|wissen)\b"
)
_FRENCH = (
    r"\bentre (?:nous|toi et moi|vous et moi)\b|\b(?:ne )?(?:le |la |l')?(?:dis|dites|répète|répétez|raconte|racontez) (?:rien |ça |cela |le )?(?:à )?personne\b|"
    r"\bn'en parl(?:e|ez) (?:à |pas |surtout pas )|\bgard(?:e|ez)[ -](?:le|la|ça|cela) (?:pour (?:toi|vous)|secret)\b|"
    r"\bc'est (?:un|mon|notre) secret\b|\bmon secret\b|\ben (?:toute )?confidence\b|\bpersonne (?:d'autre )?ne (?:le )?(?:sait|doit)\b|"
    r"\bje ne l'ai jamais dit\b|\bje n[^.!?]{0,12}\b(?:dit|parlé|raconté)\b[^.!?]{0,12}\bà personne\b|"
    r"\btu es (?:le seul|la seule) (?:à (?:le )?savoir|qui (?:le )?(?:sait|sache))\b|\bgarder (?:un|le|ce|mon) secret\b"
)
_SPANISH = (
    r"\bentre (?:nosotros|tú y yo|tu y yo|nosotras)\b|\bno (?:se )?(?:lo|la) (?:digas|cuentes|diga|cuente|digáis) a nadie\b|"
    r"\bno (?:digas|cuentes|diga|cuente) nada\b|\bguárda(?:me|telo|me el)\b[^.!?]{0,12}(?:secreto|para ti)?|\bes (?:un|mi|nuestro) secreto\b|\bmi secreto\b|"
    r"\ben confianza\b|\bnadie (?:más )?(?:lo )?(?:sabe|(?:debe|puede) saber(?:lo)?)\b|\bnunca se lo he (?:dicho|contado)\b|\bno se lo he (?:dicho|contado) a nadie\b|"
    r"\bno (?:les? )?(?:lo |la )?(?:digas|cuentes|diga|cuente|digáis|contéis)\b[^.!?]{0,15}\ba nadie\b|\bno (?:lo|la) (?:digas|cuentes)(?=\s*(?:[,;:.!]|$))|"
    r"\beres (?:el únic|la únic)\w+ (?:persona )?que (?:lo )?sabe\b|\bguardar(?:me)? (?:un|el|este) secreto\b"
)
_PORTUGUESE = (
    r"\b(?:só |aqui )?entre nós\b|\bcá entre nós\b|\bnão (?:conte|contes|diga|digas|fale)(?: isso| isto| nada)? (?:a|para|pra|com) ninguém\b|"
    r"\bguard(?:e|a) (?:isso |isto )?(?:segredo|para si|para você|só para)\b|\bé (?:um |o )?(?:meu |nosso )?segredo\b|\bmeu segredo\b|"
    r"\bninguém (?:mais )?(?:sabe|pode saber|deve saber)\b|\bnunca contei (?:a|para) ninguém\b|"
    r"\bnão (?:conta|contes?|diz|digas?|fala|fales?)\b[^.!?]{0,15}\b(?:a|para|pra|com) ninguém\b|\bnão contei\b[^.!?]{0,12}\bninguém\b|"
    r"\b(?:só|fica|aqui) entre a gente\b|\bguardar (?:um |esse |este |meu )?segredo\b"
)
_ITALIAN = (
    r"\b(?:che resti |resti )?(?:tra|fra) (?:noi|me e te|te e me)\b|\bnon (?:lo |la )?(?:dire|dirlo|raccontare|raccontarlo)(?: niente| nulla)? a nessuno\b|"
    r"\btienilo per te\b|\bè (?:un|il mio|un mio|il nostro) segreto\b|\bmio segreto\b|\bin confidenza\b|\bnessun(?:o|'altro)(?: altro)? (?:lo )?(?:sa|deve saper\w*)\b|"
    r"\bnon l'ho mai detto\b|\bnon l'ho (?:ancora )?(?:detto|raccontato) a nessuno\b|\bacqua in bocca\b|\b(?:mantenere|tenere) (?:un|il|questo) segreto\b"
)
_RUSSIAN = (
    r"\b(?:только )?между нами\b|\bникому не (?:говори|рассказывай|говорите|рассказывайте)\w*|\bне (?:говори|рассказывай|говорите|рассказывайте)\w* никому\b|"
    r"\bэто (?:мой |наш |большой )?секрет\b|\b(?:мой секрет|моя тайна|это тайна)\b|\bпо секрету\b|\bникто (?:больше )?(?:об этом |этого )?(?:не знает|не должен)\b|"
    r"\bя никому (?:об этом |этого )?не (?:говорил|рассказывал)\w*|\bникому ни слова\b|\bтолько никому(?=\s*(?:[,;:.!]|$))|\bхранить секрет\w*"
)
_CHINESE = (
    r"(?:不要|别|別|千万别|千萬別|不许|不許|不能)(?:再)?(?:告诉|告訴|跟|和|对|對)(?:任何|其他|别|別)?(?:人|他|她|大家|别人|別人)|"
    r"(?:别|別|不要)(?:说|說|传|傳)出去|保密|(?:这|這|那)是(?:个|個|我的|我们的|我們的)?秘密|我的秘密|"
    r"(?:只有)?(?:我们|我們|你我|咱们|咱們)(?:两个|兩個|俩|倆)?之间|(?:没|沒)(?:有)?(?:人|别人|別人)知道|(?:从|從)(?:来|來)?(?:没|沒)(?:有)?(?:告诉|告訴)过?過?(?:任何|别|別)?人|"
    r"(?:没|沒)(?:有)?(?:告诉|告訴)(?:过|過)?(?:任何|其他|别|別)?人"
)
_JAPANESE = (
    r"(?:誰|だれ)にも(?:言わ|話さ|いわ|はなさ|教え)ない|(?:内緒|ないしょ|秘密|ひみつ)(?:だ|です|に|にし|ね|よ|の話|。|$)|"
    r"ここだけの話|二人だけの|(?:誰|だれ)も(?:知ら|しら)ない|他言無用|(?:誰|だれ)にも(?:言って|話して|いって)い?ない|誰にも(?:言った|話した)ことが?(?:ない|ありません)"
)

CONFIDED = re.compile(
    "|".join(
        (
            _ENGLISH, _GERMAN, _FRENCH, _SPANISH, _PORTUGUESE, _ITALIAN, _RUSSIAN, _CHINESE,
            _JAPANESE,
        )
    ),
    re.IGNORECASE,
)  # fmt: skip

# Loss, illness, love and money, in other languages than English, which `discretion` knows better.
SORE = re.compile(
    r"\b(?:ich|mein\w*|mir|mich|wir|unser\w*)\b[^.!?]{0,60}\b(?:krebs|tumor|depress\w+|schwanger\w*|abtreibung|fehlgeburt|gestorben|verstorben|beerdigung|selbstmord|suizid|diagnos\w+|therapie|psychiat\w+|süchtig|alkoholiker\w*|schulden|pleite|insolven\w+|verliebt|scheidung|geschieden|vergewaltigt|missbraucht|schäme)\b|"
    r"\b(?:je|j'\w+|mon|ma|mes|me|nous|notre)\b[^.!?]{0,60}\b(?:cancer|tumeur|dépress\w+|enceinte|avort\w+|fausse couche|décéd\w+|enterrement|suicid\w+|diagnosti\w+|thérapie|psychiat\w+|alcoolique|dettes?|endettée?|faillite|amoureu\w+|divorc\w+|violée?|abusée?|honte)\b|"
    r"\b(?:yo|mi|mis|me|tengo|estoy|soy|nos|nuestr\w+)\b[^.!?]{0,60}\b(?:cáncer|tumor|depresi\w+|deprimid[oa]|embarazada|abort\w+|falleci\w+|murió|entierro|suicid\w+|diagnostic\w+|terapia|psiquiat\w+|alcohólic\w+|deudas?|arruinad[oa]|enamorad[oa]|divorci\w+|violad[oa]|avergüenzo)\b|"
    r"\b(?:eu|meus?|minhas?|me|tenho|estou|sou|nos|noss\w+)\b[^.!?]{0,60}\b(?:câncer|cancro|tumor|depress\w+|deprimid[oa]|grávida|abort\w+|faleceu|morreu|enterro|suicíd\w+|diagnostic\w+|terapia|psiquiat\w+|alcoólatra|dívidas?|falid[oa]|apaixonad[oa]|divórcio|divorciad[oa]|vergonha)\b|"
    r"\b(?:io|mi[oae]|mi|ho|sono|nostr\w+)\b[^.!?]{0,60}\b(?:cancro|tumore|depress\w+|incinta|abort\w+|mort[oa]|funerale|suicid\w+|diagnostic\w+|terapia|psichiat\w+|alcolist\w+|debiti|fallit[oa]|innamorat[oa]|divorzi\w+|violentat[oa]|vergogno)\b|"
    r"\b(?:я|меня|мне|мо[йяёеи]|моего|моей|мы|наш\w*)\b[^.!?]{0,60}(?:\bрак(?:ом|а)?\b|опухол\w+|депресси\w+|беременн\w+|аборт\w*|выкидыш\w*|умер(?:ла|ли)?\b|похорон\w+|суицид\w*|самоубийств\w+|диагноз\w*|психиатр\w*|психотерап\w+|алкогол\w+|долг(?:и|ов|ах)\b|банкрот\w*|влюбл\w+|развод\w*|развел\w+|изнасил\w+|стыдно)|"
    r"[我咱][^。！？]{0,24}(?:癌|肿瘤|腫瘤|抑郁|憂鬱|忧郁|怀孕|懷孕|流产|流產|堕胎|墮胎|去世|过世|過世|葬礼|葬禮|自杀|自殺|精神科|心理医生|心理醫生|酗酒|欠债|欠債|欠了|破产|破產|爱上|愛上|离婚|離婚|强奸|強姦|羞愧)|"
    r"(?:癌(?:です|に|だ|と)|がん(?:です|になり|と診断)|うつ病|鬱病|妊娠し|流産|中絶|亡くなり|亡くした|お葬式|自殺|精神科|借金|破産|離婚|恋をし|好きになって)",
    re.IGNORECASE,
)
