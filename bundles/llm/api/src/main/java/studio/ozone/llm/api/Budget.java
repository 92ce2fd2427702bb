package studio.ozone.llm.api;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;

/**
 * What was used today, and what may be. A day is one of UTC, since that is how servers count. Before a request is sent, the most that it can
 * take is set aside, so that requests at the same time do not exceed the budget together; afterwards what it took takes that place. The
 * file holds both sums, so that a crash in between counts the most and never nothing. Thread-safe.
 */
final class Budget {

    /**
     * @param tokens a day, in and out together; 0 for no limit
     * @param usd a day; 0 for no limit
     */
    record Limits(long tokens, double usd) {

        boolean any() {
            return tokens > 0 || usd > 0;
        }
    }

    /** Tokens and dollars. */
    record Sum(long tokens, double usd) {

        static final Sum NONE = new Sum(0, 0);

        Sum plus(Sum other) {
            return new Sum(tokens + other.tokens, usd + other.usd);
        }

        Sum minus(Sum other) {
            return new Sum(tokens - other.tokens, Math.max(0, usd - other.usd));
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Budget.class);

    private final UsageFile file;
    private final InstantSource clock;
    private final Supplier<Limits> limits;
    private LocalDate day;
    private Sum used = Sum.NONE;
    private Sum aside = Sum.NONE;
    private boolean loaded;

    Budget(Path file, InstantSource clock, Supplier<Limits> limits) {
        this.file = new UsageFile(file);
        this.clock = clock;
        this.limits = limits;
    }

    /** What one request set aside. */
    final class Share {

        private final LocalDate of;
        private final Sum most;
        private boolean settled;

        private Share(LocalDate of, Sum most) {
            this.of = of;
            this.most = most;
        }

        /** What it took in fact; only the first call counts. */
        void settle(Sum took) {
            synchronized (Budget.this) {
                if (settled) {
                    return;
                }
                settled = true;
                turn();
                if (of.equals(day)) {
                    aside = aside.minus(most);
                }
                used = used.plus(took);
                try {
                    file.write(day, used.plus(aside));
                } catch (IOException e) {
                    LOG.warn("What was used today could not be written: {}", e.getMessage());
                }
            }
        }
    }

    /** @throws ProviderException if nothing is left for today, or the money cannot be counted */
    synchronized void check(Table table) throws ProviderException {
        room(table, Sum.NONE);
    }

    /**
     * Sets the most aside that a request can take.
     *
     * @throws ProviderException if less is left for today; names the key and when it begins anew
     */
    synchronized Share take(Table table, long input, long output) throws ProviderException {
        double usd = table.cost(input, output);
        Sum most = new Sum(input + output, Double.isNaN(usd) ? 0 : usd);
        room(table, most);
        aside = aside.plus(most);
        if (limits.get().any()) {
            try {
                file.write(day, used.plus(aside));
            } catch (IOException e) {
                aside = aside.minus(most);
                throw new ProviderException(Code.UNAVAILABLE, "A budget is set, but what is used cannot be kept in " + file.path() + ": " + e.getMessage(), e);
            }
        }
        return new Share(day, most);
    }

    /** What counts for today, with what is set aside. */
    synchronized Sum today() throws ProviderException {
        load();
        turn();
        return used.plus(aside);
    }

    private void room(Table table, Sum more) throws ProviderException {
        Limits now = limits.get();
        if (!now.any()) {
            load();
            turn();
            return;
        }
        if (now.usd() > 0 && !table.priced()) {
            throw new ProviderException(Code.UNAVAILABLE, "llm.api.max_usd_per_day is set, but what " + table.name() + " costs is not known. Set "
                    + table.key("input_price_per_million_usd") + " and " + table.key("output_price_per_million_usd") + ", or take the limit back.");
        }
        Sum sum = today();
        if (now.tokens() > 0 && (sum.tokens() >= now.tokens() || sum.tokens() + more.tokens() > now.tokens())) {
            throw spent("llm.api.max_tokens_per_day = " + now.tokens(), sum.tokens() + " tokens", more.tokens() + " more");
        }
        if (now.usd() > 0 && (sum.usd() >= now.usd() || sum.usd() + more.usd() > now.usd())) {
            throw spent("llm.api.max_usd_per_day = " + now.usd(), String.format(Locale.ROOT, "%.4f USD", sum.usd()),
                    String.format(Locale.ROOT, "%.4f more", more.usd()));
        }
    }

    private ProviderException spent(String key, String sum, String more) {
        Instant anew = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
        return new ProviderException(Code.UNAVAILABLE, "The budget of today is spent: " + key + ", used " + sum + (more.startsWith("0 ") || more.startsWith("0.0000 ")
                ? "" : ", and this request may take " + more) + ". It begins anew at " + anew + "; or set the key higher.");
    }

    private void load() throws ProviderException {
        if (loaded) {
            return;
        }
        try {
            UsageFile.Day kept = file.read();
            day = kept == null ? null : kept.day();
            used = kept == null ? Sum.NONE : kept.sum();
            loaded = true;
        } catch (IOException e) {
            if (limits.get().any()) {
                throw new ProviderException(Code.UNAVAILABLE, "A budget is set, but what was used today cannot be read: " + e.getMessage()
                        + " Remove the file to begin anew.", e);
            }
            LOG.warn("What was used today is counted anew: {}", e.getMessage());
            loaded = true;
        }
    }

    /** A new day begins at nothing; a day before the one kept is a clock that was set back, and begins nothing. */
    private void turn() {
        LocalDate now = clock.instant().atZone(ZoneOffset.UTC).toLocalDate();
        if (day == null || now.isAfter(day)) {
            day = now;
            used = Sum.NONE;
            aside = Sum.NONE;
        }
    }
}
