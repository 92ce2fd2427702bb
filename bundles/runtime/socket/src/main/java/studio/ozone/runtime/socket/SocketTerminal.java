package studio.ozone.runtime.socket;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.karaf.shell.api.console.SignalListener;
import org.jline.terminal.Size;
import org.jline.terminal.impl.LineDisciplineTerminal;

/** A caller's terminal: keys come in, and what is painted goes out. The line discipline is here, the caller's is raw. */
final class SocketTerminal extends LineDisciplineTerminal implements org.apache.karaf.shell.api.console.Terminal {

    private final Map<SignalListener, Set<org.apache.karaf.shell.api.console.Signal>> listeners = new ConcurrentHashMap<>();

    SocketTerminal(String type, Size size, OutputStream screen) throws IOException {
        super("ozone", type, screen, StandardCharsets.UTF_8);
        setSize(size);
    }

    /** The window has another size now. */
    void resize(Size size) {
        setSize(size);
        raise(Signal.WINCH);
    }

    @Override
    public void raise(Signal signal) {
        listeners.forEach((listener, wanted) -> wanted.stream().filter(one -> one.name().equals(signal.name())).forEach(listener::signal));
        super.raise(signal);
    }

    @Override
    public int getWidth() {
        return getSize().getColumns();
    }

    @Override
    public int getHeight() {
        return getSize().getRows();
    }

    @Override
    public boolean isAnsiSupported() {
        return true;
    }

    @Override
    public boolean isEchoEnabled() {
        return echo();
    }

    @Override
    public void setEchoEnabled(boolean enabled) {
        echo(enabled);
    }

    @Override
    public void addSignalListener(SignalListener listener, org.apache.karaf.shell.api.console.Signal... signals) {
        listeners.computeIfAbsent(listener, none -> ConcurrentHashMap.newKeySet()).addAll(Set.of(signals));
    }

    @Override
    public void addSignalListener(SignalListener listener, EnumSet<org.apache.karaf.shell.api.console.Signal> signals) {
        listeners.computeIfAbsent(listener, none -> ConcurrentHashMap.newKeySet()).addAll(signals);
    }

    @Override
    public void addSignalListener(SignalListener listener) {
        addSignalListener(listener, EnumSet.allOf(org.apache.karaf.shell.api.console.Signal.class));
    }

    @Override
    public void removeSignalListener(SignalListener listener) {
        listeners.remove(listener);
    }
}
