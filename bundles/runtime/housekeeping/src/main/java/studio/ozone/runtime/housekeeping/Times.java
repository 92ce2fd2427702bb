package studio.ozone.runtime.housekeeping;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;

import studio.ozone.api.care.CareException;

/** Moments that five cron fields name. Immutable. */
final class Times {

    private static final List<String> FIELDS = List.of("minute (0-59)", "hour (0-23)", "day of the month (1-31)", "month (1-12)",
            "day of the week (0-7, 0 and 7 are Sunday)");
    private static final String ANY = "*";

    private final String text;
    private final ExecutionTime times;

    private Times(String text, ExecutionTime times) {
        this.text = text;
        this.times = times;
    }

    /** @throws CareException if the fields are wrong; the message points at the first field that is */
    static Times of(String cron) throws CareException {
        String[] fields = cron.strip().split("\\s+");
        if (fields.length != FIELDS.size()) {
            throw new CareException("'" + cron + "' has " + (cron.isBlank() ? 0 : fields.length) + " fields. A schedule has five: minute, hour, "
                    + "day of the month, month, day of the week; for instance \"0 3 * * *\" is every day at 3:00");
        }
        String text = String.join(" ", fields);
        try {
            return new Times(text, times(text));
        } catch (IllegalArgumentException e) {
            throw new CareException(blame(fields, e), e);
        }
    }

    private static ExecutionTime times(String text) {
        CronParser parser = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
        Cron cron = parser.parse(text);
        return ExecutionTime.forCron(cron.validate());
    }

    /** Which field is wrong: the first that is refused among fields that allow everything. */
    private static String blame(String[] fields, IllegalArgumentException whole) {
        for (int i = 0; i < fields.length; i++) {
            String[] alone = { ANY, ANY, ANY, ANY, ANY };
            alone[i] = fields[i];
            try {
                times(String.join(" ", alone));
            } catch (IllegalArgumentException e) {
                return "Field " + (i + 1) + ", the " + FIELDS.get(i) + ", is '" + fields[i] + "': it takes numbers in that range, *, lists (1,15), "
                        + "ranges (1-5) and steps (*/10)";
            }
        }
        return "'" + String.join(" ", fields) + "' is no schedule: " + whole.getMessage();
    }

    /** With single spaces. */
    String text() {
        return text;
    }

    /** The first moment after one; null if there is none. */
    Instant after(Instant moment, ZoneId zone) {
        return times.nextExecution(moment.atZone(zone)).map(ZonedDateTime::toInstant).orElse(null);
    }
}
