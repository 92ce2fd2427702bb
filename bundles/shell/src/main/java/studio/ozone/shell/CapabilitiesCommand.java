package studio.ozone.shell;

import java.util.List;
import java.util.Locale;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

import studio.ozone.api.capability.Capabilities;

@Service
@Command(scope = "ozone", name = "capabilities", description = "Lists what can be switched: state, key, who set it, and what it has cost since the start.\n"
        + "Example: ozone-core capabilities")
public final class CapabilitiesCommand extends OzoneCommand {

    @Override
    Object run() throws Exception {
        List<Capabilities.Capability> all = with(Capabilities.class, "runtime.capabilities", Capabilities::list);
        if (json) {
            print(all);
            return null;
        }
        Table table = new Table("CAPABILITY", "STATE", "KEY", "VALUE", "SET BY", "THREADS", "WORKING", "CPU", "ALLOCATED", "CHILD MEMORY", "CHILD CPU")
            .right(5, 6, 7, 8, 9, 10);
        for (Capabilities.Capability one : all) {
            boolean child = one.childBytes() > 0;
            table.row(one.name(), one.state(), one.key(), one.value(), one.setBy(), one.threads(), one.working(), Style.millis(one.cpuMs()),
                    Style.bytes(one.allocatedBytes()), child ? Style.bytes(one.childBytes()) : "", child ? Style.millis(one.childCpuMs()) : "");
        }
        print(table);
        tokens(all.stream().filter(one -> one.tokens() != null && one.tokens().input() + one.tokens().output() > 0).toList());
        return null;
    }

    /** What models have been asked; nothing where none was. */
    private void tokens(List<Capabilities.Capability> asked) {
        if (asked.isEmpty()) {
            return;
        }
        Table table = new Table("TOKENS OF", "IN", "OUT", "TOKENS/S", "FIRST TOKEN", "QUEUE").right(1, 2, 3, 4, 5);
        for (Capabilities.Capability one : asked) {
            Capabilities.Tokens tokens = one.tokens();
            table.row(one.name(), tokens.input(), tokens.output(), tokens.perSecond() == null ? "" : String.format(Locale.ROOT, "%.1f", tokens.perSecond()),
                    tokens.firstTokenMs() == null ? "" : Style.millis(tokens.firstTokenMs()), tokens.queueMs() == null ? "" : Style.millis(tokens.queueMs()));
        }
        out().println();
        print(table);
    }
}
