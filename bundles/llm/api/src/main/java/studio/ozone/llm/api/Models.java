package studio.ozone.llm.api;

import java.util.ArrayList;
import java.util.List;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.ollama.OllamaStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;

import studio.ozone.api.llm.Provider.Message;
import studio.ozone.api.llm.Provider.Request;

/** Speaks the three protocols with langchain4j. A model is made for each attempt, since it holds nothing but the attempt's client. */
final class Models {

    /** langchain4j insists on a key where it must not have one. */
    private static final String NO_KEY = "-";

    private Models() {
    }

    /**
     * Asks, and returns when the answer has ended. What comes and what goes wrong is in the exchange and the answer.
     *
     * @throws RuntimeException if no request can be made of it
     */
    static void ask(Table table, Request request, Exchange exchange, Answer answer) {
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        thread.setContextClassLoader(Models.class.getClassLoader());     // langchain4j looks for services there: nobody else's are meant
        try {
            ChatRequest.Builder chat = ChatRequest.builder().messages(messages(request.messages()));
            if (request.jsonSchema() != null) {
                chat.responseFormat(ResponseFormat.builder().type(ResponseFormatType.JSON)
                        .jsonSchema(JsonSchema.builder().name("answer").rootElement(JsonRawSchema.from(request.jsonSchema())).build()).build());
            }
            model(table, request.maxOutputTokens(), exchange).chat(chat.build(), answer);
        } finally {
            thread.setContextClassLoader(callers);
        }
    }

    private static StreamingChatModel model(Table table, int maxOutputTokens, Exchange exchange) {
        return switch (table.protocol()) {
            case OPENAI -> {
                OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder builder = OpenAiStreamingChatModel.builder().httpClientBuilder(exchange.builder())
                        .baseUrl(table.baseUrl().strip()).modelName(table.model().strip()).strictJsonSchema(true);
                // OpenAI's newer models know only the new name of the limit, most other servers only the old one.
                yield (table.name().equals("openai") ? builder.maxCompletionTokens(maxOutputTokens) : builder.maxTokens(maxOutputTokens)).build();
            }
            case ANTHROPIC -> AnthropicStreamingChatModel.builder().httpClientBuilder(exchange.builder()).baseUrl(table.baseUrl().strip())
                    .apiKey(NO_KEY).modelName(table.model().strip()).maxTokens(maxOutputTokens).build();
            case OLLAMA -> OllamaStreamingChatModel.builder().httpClientBuilder(exchange.builder()).baseUrl(table.baseUrl().strip())
                    .modelName(table.model().strip()).numPredict(maxOutputTokens).numCtx(table.contextLength()).build();
        };
    }

    private static List<ChatMessage> messages(List<Message> messages) {
        List<ChatMessage> list = new ArrayList<>();
        for (Message message : messages) {
            list.add(switch (message.role()) {
                case SYSTEM -> SystemMessage.from(message.text());
                case USER -> UserMessage.from(message.text());
                case ASSISTANT -> AiMessage.from(message.text());
            });
        }
        return list;
    }
}
