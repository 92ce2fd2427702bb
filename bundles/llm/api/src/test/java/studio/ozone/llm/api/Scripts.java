package studio.ozone.llm.api;

import studio.ozone.llm.api.ScriptedServer.Turn;

/** Answers as the three kinds of servers stream them. */
final class Scripts {

    static final String SSE = "text/event-stream";
    static final String NDJSON = "application/x-ndjson";

    private Scripts() {
    }

    static Turn openAi(String... pieces) {
        return ScriptedServer.stream(SSE, all(pieces, "stop", true));
    }

    static String[] all(String[] pieces, String finish, boolean usage) {
        String[] parts = new String[pieces.length + (usage ? 3 : 2)];
        for (int i = 0; i < pieces.length; i++) {
            parts[i] = chunk("{\"role\":\"assistant\",\"content\":" + quoted(pieces[i]) + ",\"refusal\":null}", null);
        }
        parts[pieces.length] = chunk("{}", finish);
        if (usage) {
            parts[pieces.length + 1] = "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":[],"
                    + "\"usage\":{\"prompt_tokens\":21,\"completion_tokens\":7,\"total_tokens\":28}}\n\n";
        }
        parts[parts.length - 1] = "data: [DONE]\n\n";
        return parts;
    }

    static String chunk(String delta, String finish) {
        return "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":" + delta
                + ",\"finish_reason\":" + (finish == null ? "null" : quoted(finish)) + "}]}\n\n";
    }

    static Turn anthropic(String stop, String... pieces) {
        String[] parts = new String[pieces.length + 4];
        parts[0] = event("message_start", "{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\","
                + "\"content\":[],\"usage\":{\"input_tokens\":25,\"output_tokens\":1}}}") + event("ping", "{\"type\":\"ping\"}");
        parts[1] = event("content_block_start", "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}");
        for (int i = 0; i < pieces.length; i++) {
            parts[i + 2] = event("content_block_delta", "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":"
                    + quoted(pieces[i]) + "}}");
        }
        parts[pieces.length + 2] = event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":0}");
        parts[pieces.length + 3] = event("message_delta", "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":" + quoted(stop)
                + ",\"stop_sequence\":null},\"usage\":{\"output_tokens\":9}}") + event("message_stop", "{\"type\":\"message_stop\"}");
        return ScriptedServer.stream(SSE, parts);
    }

    static String event(String name, String data) {
        return "event: " + name + "\ndata: " + data + "\n\n";
    }

    static Turn ollama(String reason, String... pieces) {
        String[] parts = new String[pieces.length + 1];
        for (int i = 0; i < pieces.length; i++) {
            parts[i] = "{\"model\":\"m\",\"created_at\":\"2026-01-01T00:00:00Z\",\"message\":{\"role\":\"assistant\",\"content\":" + quoted(pieces[i])
                    + "},\"done\":false}\n";
        }
        parts[pieces.length] = "{\"model\":\"m\",\"created_at\":\"2026-01-01T00:00:00Z\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done_reason\":"
                + quoted(reason) + ",\"done\":true,\"total_duration\":1,\"prompt_eval_count\":31,\"eval_count\":5}\n";
        return ScriptedServer.stream(NDJSON, parts);
    }

    static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }
}
