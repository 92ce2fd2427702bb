package studio.ozone.runtime.socket;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import org.apache.karaf.shell.support.CommandException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.benchmark.BenchmarkException;
import studio.ozone.api.care.CareException;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.egress.EgressException;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.ZseiException;

/**
 * How a command ended.
 *
 * @param exit the code that the caller's process ends with (requirements, part D)
 * @param message one or more lines for the user; null where the output says it all
 */
record Outcome(int exit, String message) {

    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int CONFIGURATION = 3;
    static final int INTERRUPTED = 130;

    private static final Logger LOG = LoggerFactory.getLogger(Outcome.class);
    private static final int LONGEST_MESSAGE = 8000;

    /** A command that ran: a whole number that it returned is its exit code. */
    static Outcome of(Object result) {
        return new Outcome(result instanceof Integer exit ? exit : 0, null);
    }

    /** A command that threw. What nobody expected is logged with its trace; the user gets one line. */
    static Outcome of(Throwable thrown) {
        return switch (thrown) {
            case ExecutionException e when e.getCause() != null -> of(e.getCause());     // how the shell hands on an Error
            case InterruptedException e -> new Outcome(INTERRUPTED, "Interrupted");
            case CommandException e -> new Outcome(USAGE, message(e));
            case SettingsException e -> new Outcome(switch (e.code()) {
                case UNKNOWN_KEY, UNKNOWN_PROFILE, UNKNOWN_REVISION -> USAGE;
                default -> CONFIGURATION;
            }, message(e));
            case PipelineException e -> new Outcome(e.code() == PipelineException.Code.INVALID ? USAGE : FAILED, message(e));
            case ProviderException e -> new Outcome(e.code() == ProviderException.Code.INVALID ? USAGE : FAILED, message(e));
            case ZseiException e -> new Outcome(e.code() == ZseiException.Code.INVALID ? USAGE : FAILED, message(e));
            case BenchmarkException e -> new Outcome(e.code() == BenchmarkException.Code.INVALID ? USAGE : FAILED, message(e));
            case SourceException e -> new Outcome(FAILED, message(e));
            case CareException e -> new Outcome(FAILED, message(e));
            case EgressException e -> new Outcome(FAILED, message(e));
            case IllegalArgumentException e when e.getClass() == IllegalArgumentException.class && e.getMessage() != null ->
                new Outcome(FAILED, message(e));
            default -> {
                LOG.warn("A command failed", thrown);
                yield new Outcome(FAILED, thrown.getClass().getSimpleName() + (thrown.getMessage() == null ? "" : ": " + thrown.getMessage()));
            }
        };
    }

    private static String message(Throwable thrown) {
        return thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
    }

    /** The trailers of the response. */
    Map<String, String> trailers() {
        Map<String, String> trailers = new LinkedHashMap<>();
        trailers.put("Ozone-Exit", Integer.toString(exit));
        if (message != null) {
            String cut = message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE) + " …";
            trailers.put("Ozone-Error", URLEncoder.encode(cut, StandardCharsets.UTF_8).replace("+", "%20"));
        }
        return trailers;
    }
}
