package studio.ozone.web.api;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import jakarta.servlet.http.HttpServletResponse;

import studio.ozone.api.pipeline.Prompting;
import studio.ozone.api.runtime.Progress;
import studio.ozone.runtime.json.Json;

/**
 * Server-sent events: {@code event: NAME}, {@code data: JSON}. May be told from several threads at once. After a failed write nothing more
 * is written; that the client has gone is {@link Departure}'s to notice.
 */
final class Events implements Prompting.Listener, Progress {

    static final String TYPE = "text/event-stream";

    /** A client sees at most ten steps a second. */
    private static final long STEP_NANOS = 100_000_000;

    private final OutputStream out;
    private String lastStage = "";
    private long lastTime;
    private boolean closed;

    Events(HttpServletResponse response) throws IOException {
        response.setStatus(200);
        response.setContentType(TYPE);
        response.setCharacterEncoding("UTF-8");
        out = response.getOutputStream();
        response.flushBuffer();
    }

    synchronized void send(String name, Object data) {
        if (closed) {
            return;
        }
        try {
            out.write(("event: " + name + "\ndata: " + Json.write(data) + "\n\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            closed = true;
        }
    }

    /** The last event; what worker threads still have to say is dropped, since the container takes the response back. */
    synchronized void end(String name, Object data) {
        send(name, data);
        closed = true;
    }

    @Override
    public synchronized void report(String stage, long done, long total, String detail) {
        long now = System.nanoTime();
        if (stage.equals(lastStage) && done != total && now - lastTime < STEP_NANOS) {
            return;
        }
        lastStage = stage;
        lastTime = now;
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("stage", stage);
        step.put("done", done);
        step.put("total", total);
        step.put("detail", detail);
        send("progress", step);
    }

    @Override
    public void stage(String name, double tookMs) {
        Map<String, Object> stage = new LinkedHashMap<>();
        stage.put("name", name);
        stage.put("took_ms", tookMs);
        send("stage", stage);
    }

    @Override
    public void piece(String text) {
        send("piece", Map.of("text", text));
    }
}
