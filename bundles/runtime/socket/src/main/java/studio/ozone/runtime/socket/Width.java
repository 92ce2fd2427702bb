package studio.ozone.runtime.socket;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.EnumSet;

import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.Signal;
import org.apache.karaf.shell.api.console.SignalListener;
import org.apache.karaf.shell.api.console.Terminal;

/** Tells commands how wide the caller's terminal is. They cannot do more with it: they only write to it. */
record Width(int getWidth) implements Terminal {

    /** The session with this terminal; a session that has it for a parent sees it too. */
    Session on(Session session) {
        return (Session) Proxy.newProxyInstance(Session.class.getClassLoader(), new Class<?>[] {Session.class}, (proxy, method, arguments) -> {
            if (method.getName().equals("getTerminal")) {
                return this;
            }
            try {
                return method.invoke(session, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    @Override
    public String getType() {
        return "dumb";
    }

    @Override
    public int getHeight() {
        return 0;
    }

    @Override
    public boolean isAnsiSupported() {
        return getWidth > 0;
    }

    @Override
    public boolean isEchoEnabled() {
        return true;
    }

    @Override
    public void setEchoEnabled(boolean enabled) {
        // The caller's terminal is the caller's.
    }

    @Override
    public void addSignalListener(SignalListener listener, Signal... signal) {
        // A signal comes as an interrupt of the command.
    }

    @Override
    public void addSignalListener(SignalListener listener, EnumSet<Signal> signals) {
        // as above
    }

    @Override
    public void addSignalListener(SignalListener listener) {
        // as above
    }

    @Override
    public void removeSignalListener(SignalListener listener) {
        // as above
    }
}
