package studio.ozone.shell;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;

import studio.ozone.api.egress.Egress;
import studio.ozone.api.egress.Egress.Connection;

@Service
@Command(scope = "ozone", name = "egress", description = "Lists the connections that left, and those that were refused: who asked, where to, how much, and why.\n"
        + "Examples: ozone-core egress --last 100   ozone-core egress --follow --capability llm.api")
public final class EgressCommand extends OzoneCommand {

    private static final String NAME = "egress";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());
    private static final String ROW = "%-14s  %-16s  %-36s  %-24s  %10s  %10s  %-10s  %s";
    private static final String[] HEAD = {"TIME", "CAPABILITY", "HOST", "ADDRESS", "SENT", "RECEIVED", "OUTCOME", "REASON"};

    @Option(name = "--follow", description = "Go on with each connection as it ends, until Ctrl-C")
    boolean follow;

    @Option(name = "--capability", description = "Only those of this capability")
    String capability;

    @Option(name = "--last", description = "How many, the newest (50)")
    int last = 50;

    @Override
    Object run() throws Exception {
        if (last < 1) {
            throw new CommandException("--last takes a number from 1 up, not " + last);
        }
        if (follow) {
            with(Egress.class, NAME, this::follow);
            // It was stopped meanwhile: this says why.
            return with(Egress.class, NAME, egress -> FAILED);
        }
        List<Connection> all = with(Egress.class, NAME, Egress::connections).stream().filter(this::wanted).toList();
        List<Connection> shown = all.subList(Math.max(0, all.size() - last), all.size());
        if (json) {
            print(shown);
        } else if (shown.isEmpty()) {
            if (!quiet) {
                out().println("Nothing has left this machine, and nothing was refused" + (capability == null ? "" : ", for " + Style.line(capability)) + ".");
            }
        } else {
            Table table = new Table(HEAD).right(4, 5);
            shown.forEach(connection -> table.row((Object[]) cells(connection)));
            print(table);
        }
        return null;
    }

    private boolean wanted(Connection connection) {
        return capability == null || capability.equals(connection.capability());
    }

    /** Returns when egress is stopped. */
    private Object follow(Egress egress) throws Exception {
        BlockingQueue<Connection> ended = new LinkedBlockingQueue<>();
        try (AutoCloseable following = egress.follow(ended::add)) {
            if (!json && !quiet) {
                out().println(style().bold(String.format(ROW, (Object[]) HEAD)));
                out().flush();
            }
            while (context.getServiceReference(Egress.class) != null) {
                Connection connection = ended.poll(500, TimeUnit.MILLISECONDS);
                if (connection != null && wanted(connection)) {
                    if (json) {
                        print(connection);
                    } else {
                        out().println(String.format(ROW, (Object[]) cells(connection)));
                    }
                    out().flush();
                }
            }
        }
        return null;
    }

    private static String[] cells(Connection connection) {
        return new String[] {TIME.format(connection.at()), Style.line(connection.capability()),
            Style.line(connection.host()) + ":" + connection.port(), connection.address() == null ? "-" : Style.line(connection.address()),
            Style.bytes(connection.sent()), Style.bytes(connection.received()), Style.line(connection.outcome()), Style.line(connection.reason())};
    }
}
