package studio.ozone.web.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import jakarta.servlet.http.HttpServletResponse;

/** The few words that a browser gets which is not let in. */
final class Pages {

    private static final String STYLE = "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1.5rem}"
            + "h1{font-size:1.4rem}code{font-size:.95em;background:color-mix(in srgb,currentColor 10%,transparent);padding:.1em .35em;border-radius:4px}";

    private static final String PAGE = """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <meta name="color-scheme" content="light dark">
            <title>%1$s · Ozone Studio</title>
            <style>%3$s</style>
            <h1>%1$s</h1>
            <p>%2$s</p>
            </html>
            """;

    private Pages() {
    }

    static void write(HttpServletResponse response, int status, String title, String text) throws IOException {
        byte[] page = PAGE.formatted(escape(title), escape(text).replaceAll("`([^`]*)`", "<code>$1</code>"), STYLE).getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setHeader("Content-Security-Policy", Headers.page(STYLE));
        response.setContentType("text/html; charset=utf-8");
        response.setContentLength(page.length);
        response.getOutputStream().write(page);
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;");
    }
}
