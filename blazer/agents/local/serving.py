"""From messages to replies, a batch at a time: chat template, tokens, room in the context, text again.

Imports torch: only loaded to serve. All of it happens on the model's thread, because a tokenizer
may not be used by two threads at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import jinja2

from blazer.agents.chat import ChatReply
from blazer.agents.errors import ModelRefused, ModelUnavailable, PromptTooLong
from blazer.agents.local.generation import Answered, Asked, answer_all
from blazer.agents.local.loading import Loaded
from blazer.agents.local.settings import Question
from blazer.core.digest import digest
from blazer.core.rng import stream

Reply: TypeAlias = ChatReply | ModelRefused | ModelUnavailable | PromptTooLong


def reply_all(
    loaded: Loaded, name: str, questions: Sequence[Question], wanted: Callable[[], bool]
) -> list[Reply]:
    """Replies in the order of the questions; an error in the place of one that has none.

    Args:
        loaded: The model.
        name: What it is called in messages.
        questions: Of one manner.
        wanted: Asked now and then whether anybody still waits.
    """
    asked = [_asked(loaded, name, question) for question in questions]
    batch = [item for item in asked if isinstance(item, Asked)]
    answers = iter(answer_all(loaded, batch, questions[0].manner, wanted) if batch else ())
    replies: list[Reply] = []
    for item in asked:
        if not isinstance(item, Asked):
            replies.append(item)
            continue
        answer = next(answers)
        replies.append(_reply(loaded, item, answer) if isinstance(answer, Answered) else answer)
    return replies


def _asked(loaded: Loaded, name: str, question: Question) -> Asked | ModelRefused | PromptTooLong:
    request = question.request
    messages = [message.model_dump() for message in request.messages]
    try:
        text = loaded.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    except (jinja2.TemplateError, TypeError, ValueError) as error:
        roles = ", ".join(message.role for message in request.messages)
        return ModelRefused(
            f"the chat template of {name} does not take these messages ({roles}): {error}; "
            f"choose another prompt style (roles.{request.role}.style), or mend its chat_template.jinja"
        )
    try:
        tokens = tuple(loaded.tokenizer(str(text), add_special_tokens=False)["input_ids"])
        draw = stream(question.seed, "local", digest(messages), request.sample)
    except (TypeError, ValueError) as error:  # half a surrogate pair, for one, is no text
        return ModelRefused(f"the tokenizer of {name} does not take the {request.role}'s prompt: {error}")
    known = loaded.model.get_input_embeddings().num_embeddings
    if beyond := [token for token in tokens if token >= known]:
        return ModelRefused(
            f"the tokenizer of {name} makes token {beyond[0]} of the {request.role}'s prompt, and the model "
            f"knows {known}; put the tokenizer that it was trained with beside its weights"
        )
    room = None if loaded.context is None else loaded.context - len(tokens)
    if loaded.context is not None and room is not None and room < 1:
        return PromptTooLong(request.role, name, len(tokens), loaded.context)
    limits = [limit for limit in (room, question.max_tokens) if limit is not None]
    return Asked(tokens, min(limits) if limits else UNBOUNDED, draw)


UNBOUNDED = 32_768
"""Tokens of an answer where neither the role nor the model has a limit."""


def _reply(loaded: Loaded, asked: Asked, answer: Answered) -> ChatReply:
    said = list(answer.tokens[:-1] if answer.ended else answer.tokens)
    text = loaded.tokenizer.decode(said, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return ChatReply(
        text=str(text),
        prompt_tokens=len(asked.tokens),
        completion_tokens=len(answer.tokens),
        finish_reason="stop" if answer.ended else "length",
    )
