"""What a model says in its makers' name is nobody's line, in any language; what people say is."""

from __future__ import annotations

import pytest

from fishbowl.llm.unfit import is_unfit


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, I can't help with that.",
        "I apologize, but I cannot engage with that.",
        "I'm unable to continue this role-play.",
        "Es tut mir leid, aber dabei kann ich dir nicht helfen.",
        "Es tut mir leid, aber ich kann Ihnen dabei nicht weiterhelfen.",
        "Ich kann diese Anfrage leider nicht erfüllen.",
        "Leider kann ich dieses Rollenspiel nicht fortsetzen.",
        "Als KI-Sprachmodell habe ich keine Gefühle.",
        "Das verstößt gegen meine Nutzungsrichtlinien.",
        "Je suis désolé, mais je ne peux pas vous aider avec cela.",
        "Je suis désolée, mais je ne peux pas répondre à cette demande.",
        "Je ne peux pas continuer ce jeu de rôle.",
        "En tant que modèle de langage, je n'ai pas d'opinion.",
        "En tant qu'assistant IA, je dois rester neutre.",
        "Lo siento, pero no puedo ayudarte con eso.",
        "Lo siento, no puedo cumplir con esa solicitud.",
        "Como modelo de lenguaje, no tengo opiniones.",
        "No puedo continuar con este juego de rol.",
        "Desculpe, mas não posso ajudar com isso.",
        "Não posso atender a essa solicitação.",
        "Como um modelo de linguagem, não tenho sentimentos.",
        "Mi dispiace, ma non posso aiutarti con questo.",
        "Non posso soddisfare questa richiesta.",
        "In quanto modello linguistico, non ho opinioni.",
        "很抱歉，我无法协助您完成这个请求。",
        "抱歉，我无法提供相关内容。",
        "对不起，我不能回答这个问题。",
        "作为一个人工智能语言模型，我没有感情。",
        "你好，这个问题我暂时无法回答，让我们换个话题再聊聊吧。",
        "很抱歉，我無法協助這項要求。",
        "申し訳ございませんが、そのリクエストにはお応えできません。",
        "申し訳ありませんが、それについてはお手伝いできません。",
        "AIアシスタントとして、そのような内容を提供することはできません。",
        "大規模言語モデルとして、私には感情がありません。",
        "Извините, но я не могу помочь с этим.",
        "К сожалению, я не могу выполнить этот запрос.",
        "Как языковая модель, я не имею собственного мнения.",
        "Как и любая языковая модель, я не обладаю собственным мнением.",
    ],
)
def test_a_refusal_is_known_in_the_language_it_is_made_in(text: str) -> None:
    assert is_unfit(text)


@pytest.mark.parametrize(
    "text",
    [
        "I can't help you with that crate, my back is gone.",
        "I'm sorry, I can't help with that tonight: the ferry leaves at six.",
        "Es tut mir leid, aber ich kann heute nicht kommen.",
        "Dabei kann ich dir nicht helfen, ich habe zwei linke Hände.",
        "Ich kann deine Frage nicht beantworten, frag Bram.",
        "Als Kind konnte ich nicht schwimmen.",
        "Je suis désolée, mais je ne peux pas venir ce soir.",
        "Je ne peux pas accepter ta demande en mariage.",
        "En tant que marin, je n'aime pas le vendredi.",
        "Lo siento, pero no puedo ayudarte con la mudanza: me duele la espalda.",
        "Como marinero, no puedo vivir sin el mar.",
        "Desculpe, mas não posso ir ao porto hoje.",
        "Como pescador, não posso dormir até tarde.",
        "Mi dispiace, ma non posso aiutarti a spostare la barca.",
        "Non posso crederci, che bella giornata!",
        "抱歉，我不能陪你去码头，今天船要修。",
        "对不起，我没办法忘记那个夏天。",
        "作为一个渔夫，我每天五点起床。",
        "申し訳ありません、今日は店を早く閉めます。",
        "船乗りとして、海なしでは生きられません。",
        "Извини, я не могу прийти сегодня вечером.",
        "Как старый моряк, я не люблю пятницу.",
        "Не могу помочь тебе с лодкой, спина болит.",
    ],
)
def test_what_people_say_of_what_they_cannot_do_is_theirs(text: str) -> None:
    assert not is_unfit(text)
