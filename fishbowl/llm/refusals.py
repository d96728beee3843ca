"""Refusals in the name of a model's makers, in the languages that models speak. Pure.

Each asks for more than 'I can't help': that is said among people, too. A refusal names what was
asked as a request, or its speaker as a model, or whose rules hold.
"""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re

_ENGLISH = (
    r"as a(?:n ai)? language model|i(?:'|’)?m sorry, but i can(?:'|’)?t"
    r"|\b(?:can(?:'|’)?t|can ?not|(?:unable|not able) to|won(?:'|’)t) (?:help|assist|comply|engage"
    r"|continue|fulfil+|generate|create|provide)\b[^.!?\n]{0,30}"
    r"\b(?:requests?|role-?play|prompt|scenario|content)\b"
    r"|\b(?:can(?:'|’)?t|can ?not|(?:unable|not able) to) assist (?:you )?with (?:that|this)\b"
    r"|\b(?:content|usage|safety) (?:policy|policies|guidelines)\b"
    r"|\bas an ai (?:assistant|model)\b"
    # Said alone it is a model's; with a reason behind it, it may be anybody's.
    r"|^\W*i(?:'|’)?m (?:really |so |very )?sorry, i (?:can(?:'|’)?t|can ?not) help (?:you )?with"
    r" (?:that|this)\W*$"
    r"|\bi apologi[sz]e, but i (?:can(?:'|’)?t|can ?not|am (?:unable|not able) to) (?:help|assist"
    r"|comply|engage|continue|fulfil+|generate|create|provide|discuss)\b"
)
_GERMAN = (
    r"\bals (?:ein(?:e)? )?(?:großes |gro(?:ss)es )?(?:(?:ki-?)?sprachmodell|ki-?(?:assistent(?:in)?"
    r"|modell|system))\b"
    r"|\b(?:tut mir (?:sehr )?leid|entschuldigung|entschuldigen sie|verzeihung|leider)\b"
    r"[^.!?\n]{0,25}\b(?:(?:kann|darf)\b[^.!?\n]{0,30}\b(?:dabei|damit|hierbei)"
    r"|(?:dabei|damit|hierbei) (?:kann|darf) ich(?: dir| ihnen| euch)?)(?: leider)? nicht"
    r" (?:weiter)?(?:helfen|behilflich sein|unterstützen)\W*$"
    r"|\b(?:kann|darf|werde|möchte)\b[^.!?\n]{0,40}\b(?:diese[rnms]?|ihre[rn]?|solche[rn]?"
    r"|der?artige[rn]?)"
    r" (?:anfragen?|rollenspiel\w*|inhalte?n?|szenarios?|prompts?)\b[^.!?\n]{0,25}\b(?:nicht|keine)\b"
    r"[^.!?\n]{0,15}\b(?:erfüllen|helfen|weiterhelfen|nachkommen|bearbeiten|fortsetzen|fortführen"
    r"|weiterführen|erstellen|generieren|unterstützen|teilnehmen|beantworten|bereitstellen)\b"
    r"|\b(?:inhalts|nutzungs|sicherheits)richtlinien\b"
)
_FRENCH = (
    r"\ben tant qu(?:e (?:grand )?modèle (?:de langage|linguistique|d['’]ia)"
    r"|e? ?['’]?(?:assistante? (?:ia|virtuelle?|d['’]ia)|ia (?:développée|créée|conçue|entraînée))"
    r"|['’]intelligence artificielle (?:développée|créée|conçue|entraînée))"
    r"|\bje ne (?:peux|suis|saurais|pourrai)\b[^.!?\n]{0,40}\b(?:aider|répondre|satisfaire|accéder"
    r"|donner suite|traiter|fournir|générer|créer|continuer|poursuivre|participer|accomplir"
    r"|assister)\b"
    r"[^.!?\n]{0,30}\b(?:cette|ces?|votre|ce (?:type|genre) de|de tels?)"
    r" (?:demandes?|requêtes?|contenus?|jeux? de rôles?|scénarios?|prompts?)\b"
    r"|\bdésolée?,? (?:mais )?je ne (?:peux|suis) pas (?:en mesure de )?(?:vous |t['’])?"
    r" ?(?:aider|assister) (?:avec|à|sur|dans|pour) (?:cela|ça|ceci)\W*$"
    r"|\b(?:politiques? (?:de contenu|d['’]utilisation)|directives (?:de contenu|de sécurité"
    r"|d['’]utilisation))\b"
)
_SPANISH = (
    r"\bcomo (?:una? )?(?:gran )?(?:modelo (?:de lenguaje|de ia|lingüístico)|asistente (?:de ia"
    r"|virtual|de inteligencia artificial)|(?:ia|inteligencia artificial) (?:desarrollada|creada"
    r"|entrenada|diseñada))\b"
    r"|\bno (?:puedo|podré|me es posible|estoy en condiciones de)\b[^.!?\n]{0,25}\b(?:ayudar(?:te|le"
    r"|los)?|asistir(?:te|le)?|cumplir|continuar|generar|crear|proporcionar|participar|atender"
    r"|procesar|responder|satisfacer|completar)\b[^.!?\n]{0,20}\b(?:es[ae]s?|est[ae]s?|tu|su"
    r"|es[et]e tipo de) (?:solicitud(?:es)?|petici(?:ón|ones)|contenidos?|juegos? de rol|escenarios?"
    r"|prompts?)\b"
    r"|\blo siento,? (?:pero )?no puedo (?:ayudar(?:te|le)?|asistir(?:te|le)?) (?:con|en) (?:eso"
    r"|esto)\W*$"
    r"|\b(?:políticas? de (?:contenido|uso)|directrices de (?:contenido|seguridad|uso))\b"
)
_PORTUGUESE = (
    r"\bcomo (?:uma? )?(?:grande )?(?:modelo de (?:linguagem|ia)|assistente (?:de ia|virtual|de"
    r" inteligência artificial)|(?:ia|inteligência artificial) (?:desenvolvida|criada|treinada))\b"
    r"|\bnão (?:posso|poderei|consigo|me é possível)\b[^.!?\n]{0,25}\b(?:ajud\w+(?:-l[oa])?|atender"
    r"|auxiliar|cumprir|continuar|gerar|criar|fornecer|participar|processar|responder|prosseguir"
    r"|atendê-l[oa])\b[^.!?\n]{0,20}\b(?:(?:[dn]?ess[ae]s?|[dn]?est[ae]s?|à?s?u[ae]s?|seu)"
    r"|ess[ae]s? tipos? de|est[ae]s? tipos? de) (?:solicitaç(?:ão|ões)|pedidos?|conteúdos?"
    r"|role-?play|interpretação de papéis|cenários?|prompts?)\b"
    r"|\b(?:desculpe|sinto muito|lamento|me desculpe),? (?:mas )?(?:eu )?não posso (?:te |lhe |o |a )?"
    r"(?:ajud(?:ar|á-l[oa])|auxiliar) (?:com|n?isso|n?isto) ?(?:isso|isto)?\W*$"
    r"|\b(?:políticas? de (?:conteúdo|uso)|diretrizes de (?:conteúdo|segurança|uso))\b"
)
_ITALIAN = (
    r"\b(?:come|in quanto|in qualità di) (?:una? )?(?:grande )?(?:modello (?:linguistico|di"
    r" linguaggio|di ia)|assistente (?:ia|ai|virtuale|di intelligenza artificiale)|(?:ia"
    r"|intelligenza artificiale) (?:sviluppata|creata|addestrata))\b"
    r"|\bnon (?:posso|potrò|sono in grado di|mi è possibile)\b[^.!?\n]{0,25}\b(?:aiutar\w*"
    r"|assister\w*|soddisfare|continuare|generare|creare|fornire|partecipare|rispondere|eseguire"
    r"|proseguire|elaborare|dar(?:e)? seguito)\b[^.!?\n]{0,20}\b(?:quest[aeio]|tu[ao]|su[ao]|quest[oi]"
    r" (?:tipo|genere) di|tale) (?:richiest[ae]|contenut[oi]|gioc(?:o|hi) di ruolo|scenari[o]?"
    r"|prompt)\b"
    r"|\bmi dispiace,? (?:ma )?non posso (?:aiutar(?:ti|la|vi|e)|assister(?:ti|la|vi|e)) (?:con|in)"
    r" (?:questo|ciò|quello)\W*$"
    r"|\b(?:politiche (?:sui contenuti|di utilizzo|di contenuto)|linee guida (?:sui contenuti|di"
    r" sicurezza|sull['’]utilizzo))\b"
)
_CHINESE = (
    r"作[为為](?:一[个個名款])?(?:大型|大)?(?:(?:ai|人工智[能慧])?(?:[语語]言模型|大模型|模型|助手|助理)"
    r"|由[^，。！？\n]{1,15}(?:开发|開發|训练|訓練)的)"
    r"|我?(?:无法|無法|不能|没办法|沒辦法|不便)(?:为[您你]|為[您你])?(?:协助|協助|满足|滿足|处理|處理|完成|提供|生成"
    r"|[继繼][续續]|参与|參與|回应|回應|执行|執行|[进進]行)[^。！？\n]{0,12}(?:请求|請求|要求|内容|內容|角色扮演|指令)"
    r"|(?:抱歉|对不起|對不起)[，,、 ]*(?:但(?:是)?)?我?(?:暂时|暫時)?(?:无法|無法|不能)(?:回答|讨论|討論|协助|協助|提供"
    r"|[帮幫][您你]?(?:助)?处理)[^。！？\n]{0,8}(?:这|這|此|该|該|相关|相關)[^。！？\n]{0,4}(?:问题|問題|话题|話題|内容|內容|事)"
    r"|我?(?:无法|無法)[给給]到[^。！？\n]{0,4}(?:相关|相關)?[内內]容"
    r"|(?:这|這)[个個](?:问题|問題)我(?:暂时|暫時)(?:无法|無法)回答"
    r"|我[还還][没沒]有[学學][会會](?:如何思考|回答)[这這](?:[类類]|[个個])(?:问题|問題)"
    r"|(?:内容|內容|使用|安全)(?:政策|准[则則]|準則|[规規]范|[规規]範)"
)
_JAPANESE = (
    r"(?:(?:ai|人工知能)(?:アシスタント|モデル|言語モデル)|(?:大規模)?言語モデル)(?:である(?:私|わたし))?として"
    r"|(?:リクエスト|ご?要望|ご?依頼|ロールプレイ|そのような(?:内容|コンテンツ)|このような(?:内容|コンテンツ))[^。！？\n]{0,15}"
    r"(?:お応え|お答え|応じ|対応|お手伝い|提供|続ける|生成|作成|お受け)[^。！？\n]{0,10}"
    r"(?:でき(?:ません|かね|ない)|(?:いた|致)しかね|られません|かねます)"
    r"|申し訳(?:ございません|ありません)(?:が)?[、,。 ]*(?:その|この|そちらの)?(?:それ|これ|ご?質問|件|内容|話題)?"
    r"(?:に(?:は|ついて(?:は)?)?|を)?(?:お答え|お手伝い|お応え|回答)(?:する)?(?:こと)?(?:は|が)?"
    r"(?:でき(?:ません|かね)|(?:いた|致)しかね)[^。！？\n]{0,4}[。！]?\s*$"
    r"|(?:コンテンツ|利用|安全)(?:ポリシー|ガイドライン)"
)
_RUSSIAN = (
    r"\bкак (?:и любая |большая |генеративная )?(?:языковая модель|(?:ии|ai)[- ]?(?:модель|ассистент"
    r"|помощник)|модель искусственного интеллекта|искусственный интеллект, (?:я|созданн\w+"
    r"|разработанн\w+))"
    r"|\bне (?:могу|буду|смогу|в состоянии)\b[^.!?\n]{0,25}\b(?:помочь|выполн\w+|ответить|удовлетвор"
    r"\w+|продолж\w+|предостав\w+|созда\w+|участвовать|сгенерировать|обработать)\b[^.!?\n]{0,20}\b"
    r"(?:эт\w+|ваш\w*|так\w+|подобн\w+|данн\w+) (?:запрос\w*|ролев\w+|контент\w*|сценари\w+|содержани"
    r"\w+|промпт\w*)"
    r"|\b(?:извините|простите|к сожалению|прошу прощения|сожалею),? (?:но )?я не могу (?:вам )?помочь"
    r" (?:вам )?(?:с этим|в этом)\W*$"
    r"|\b(?:политик\w+ (?:использования|контента|безопасности)|правила\w* использования сервиса)\b"
    r"|\bгенеративные языковые модели\b"
)

REFUSAL = re.compile(
    "|".join(
        (
            _ENGLISH, _GERMAN, _FRENCH, _SPANISH, _PORTUGUESE, _ITALIAN, _CHINESE, _JAPANESE,
            _RUSSIAN,
        )
    ),
    re.IGNORECASE,
)  # fmt: skip
