package studio.ozone.web.access;

import java.util.Base64;
import java.util.HexFormat;

import jakarta.servlet.http.HttpServletResponse;

/** The headers that tell a browser what it must not do with an answer. */
final class Headers {

    /** The Felix console's pages carry scripts and styles in line, and its tables compile their sorting; everything else has none of it. */
    private static final String CONSOLE = "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
            + "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    private static final String ELSEWHERE = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private Headers() {
    }

    /** The policy of a page that has one style in line, named by its digest, and nothing else. */
    static String page(String style) {
        String digest = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(Sessions.digest(style)));
        return "default-src 'none'; style-src 'sha256-" + digest + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    static void set(HttpServletResponse response, String path) {
        response.setHeader("Content-Security-Policy", Rules.below(path, "/console") && !Rules.below(path, Guard.HOME) ? CONSOLE : ELSEWHERE);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        response.setHeader("Cache-Control", "no-store");
    }
}
