package studio.ozone.shell;

import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.support.CommandException;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerStore.Version;
import studio.ozone.api.zsei.ZseiException;

/** What {@code history} and {@code rollback} have in common: a container, by its number or its file. */
abstract class VersionCommand extends OzoneCommand {

    static final String NAME = "zsei.store";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

    @Argument(name = "ID", description = "The number of a container, or the path of a file or folder that was read", multiValued = true)
    List<String> arguments;

    /** @throws CommandException if it is neither a number nor a path; ZseiException NOT_FOUND if nothing was read from the path */
    long container() throws Exception {
        String text = one("ID", arguments);
        if (text.matches("\\d{1,18}")) {
            return Long.parseLong(text);
        }
        Path path = path(text);
        return with(ContainerStore.class, NAME, store -> store.find(path.toString(), null)).orElseThrow(() -> new ZseiException(ZseiException.Code.NOT_FOUND,
                path + " has not been read yet: ozone-core ingest " + path)).id();
    }

    /** @throws ZseiException NOT_FOUND if there is no such container */
    List<Version> history(long id) throws Exception {
        List<Version> history = with(ContainerStore.class, NAME, store -> store.history(id));
        if (history.isEmpty()) {
            throw new ZseiException(ZseiException.Code.NOT_FOUND, id == 0 ? "The root, container 0, has no versions" : "There is no container " + id);
        }
        return history;
    }

    static String title(Container container) {
        String name = Style.line(container.name());
        return "Container " + container.id() + " (" + container.type().name().toLowerCase(Locale.ROOT) + (name.isEmpty() ? "" : ", " + name) + ")";
    }

    static String written(Version version) {
        return TIME.format(version.container().updated());
    }
}
