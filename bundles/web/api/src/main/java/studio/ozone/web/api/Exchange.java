package studio.ozone.web.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import studio.ozone.api.config.Origin;
import studio.ozone.api.web.LoginLinks;
import studio.ozone.runtime.json.Json;

/** One request and its answer. */
final class Exchange {

    /** The most bytes that a request's body may have. */
    static final int MOST = 1 << 20;

    private static final Pattern PLACE = Pattern.compile("line: (\\d+), column: (\\d+)");

    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final String parameter;

    /** @param parameter what the path's template has in braces; null where it has none */
    Exchange(HttpServletRequest request, HttpServletResponse response, String parameter) {
        this.request = request;
        this.response = response;
        this.parameter = parameter;
    }

    String parameter() {
        return parameter;
    }

    /** Where a change that this request makes comes from: a browser that is signed in is the console. */
    Origin origin() {
        return new Origin("session".equals(request.getAttribute(LoginLinks.USER)) ? "console" : "http", System.getProperty("user.name"));
    }

    boolean wantsEvents() {
        String accept = request.getHeader("Accept");
        return accept != null && accept.toLowerCase(Locale.ROOT).contains(Events.TYPE);
    }

    /** The query's fields. Those named here may stand several times and are lists. */
    Fields query(String... lists) {
        Map<String, Object> values = new LinkedHashMap<>();
        Set<String> several = Set.of(lists);
        request.getParameterMap().forEach((name, all) -> values.put(name, several.contains(name) ? List.of(all) : all[all.length - 1]));
        return new Fields(values);
    }

    Fields body() throws Problem, IOException {
        return new Fields(object());
    }

    /** The body's JSON object. */
    Map<String, Object> object() throws Problem, IOException {
        String type = request.getContentType();
        if (type == null || !type.toLowerCase(Locale.ROOT).split(";")[0].strip().equals("application/json")) {
            throw new Problem(415, "Unsupported media type", "The body must be JSON: send `Content-Type: application/json` (curl: --json).");
        }
        String text = bodyText();
        try {
            return Json.readObject(text);
        } catch (IOException e) {
            Matcher place = PLACE.matcher(e.getMessage());
            String first = e.getMessage().lines().findFirst().orElse("");
            throw Problem.badRequest("The body is not a JSON object" + (place.find() ? ", line " + place.group(1) + ", column " + place.group(2) : "")
                    + ": " + first);
        }
    }

    private String bodyText() throws Problem, IOException {
        byte[] bytes = request.getContentLengthLong() > MOST ? null : request.getInputStream().readNBytes(MOST + 1);
        if (bytes == null || bytes.length > MOST) {
            response.setHeader("Connection", "close");
            throw new Problem(413, "Too large", "The body has more than " + MOST + " bytes. Put large texts into a file and name its path.");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw Problem.badRequest("The body is not UTF-8.");
        }
    }

    void answer(Object value) throws IOException {
        answer(200, value);
    }

    void answer(int status, Object value) throws IOException {
        send(status, "application/json", Json.write(value));
    }

    void answer(Problem problem) throws IOException {
        send(problem.status(), "application/problem+json", Json.write(problem.body()));
    }

    void send(int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType(type);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    Events events() throws IOException {
        return new Events(response);
    }

    Departure departure() {
        return Departure.watch(request, response);
    }
}
