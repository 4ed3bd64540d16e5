"""stub"""

from blazer.agents.chat import ChatReply, ChatRequest

SCRIPTED = "scripted"


class ScriptedModel:
    name = SCRIPTED

    async def reply(self, request: ChatRequest) -> ChatReply:
        return ChatReply(text="")
