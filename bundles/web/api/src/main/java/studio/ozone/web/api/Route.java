package studio.ozone.web.api;

import java.io.IOException;

import studio.ozone.api.config.SettingsException;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.ZseiException;

/**
 * A method and a path, as the API's description has them.
 *
 * @param template the path; one segment at its end may be a parameter, {@code /api/config/{key}}
 */
record Route(String method, String template, Handler handler) {

    /** Answers one request. */
    @FunctionalInterface
    interface Handler {
        void handle(Exchange exchange) throws IOException, Problem, PipelineException, ZseiException, SourceException, SettingsException,
                ProviderException, InterruptedException;
    }

    /** Whether a path is this route's, whatever the method. */
    boolean matches(String path) {
        int brace = template.indexOf('{');
        return brace < 0 ? path.equals(template)
                : path.length() > brace && path.startsWith(template.substring(0, brace)) && path.indexOf('/', brace) < 0;
    }

    /** The path's parameter; null where the template has none. */
    String parameter(String path) {
        int brace = template.indexOf('{');
        return brace < 0 ? null : path.substring(brace);
    }
}
