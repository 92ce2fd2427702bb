package studio.ozone.itests.login;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;

import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * A bundle of somebody else, dropped into {@code deploy/}: tries to log in, to run commands and to catch what is left in a pooled thread,
 * and writes what came of it into {@code probe.properties} of the data home. It judges nothing; the test does.
 */
public final class Probe implements BundleActivator {

    private final Properties results = new Properties();

    @Override
    public void start(BundleContext context) throws Exception {
        for (String try_ : new String[] {"alice/open", "bob/open", "alice/wrong", "alice/", "nobody/open", "karaf/karaf", "admin/admin"}) {
            int slash = try_.indexOf('/');
            results.setProperty("login " + try_, login(try_.substring(0, slash), try_.substring(slash + 1)).outcome());
        }
        Subject alice = login("alice", "open").subject();
        Subject bob = login("bob", "open").subject();
        ServiceReference<SessionFactory> reference = context.getServiceReference(SessionFactory.class);
        SessionFactory shell = context.getService(reference);
        results.setProperty("command alice", command(shell, alice, "bundle:list -t 0"));
        results.setProperty("pipe alice", command(shell, alice, "bundle:list -t 0 | grep Ozone"));
        results.setProperty("pipe bob", command(shell, bob, "bundle:list -t 0 | grep Ozone"));
        results.setProperty("command bob", command(shell, bob, "bundle:list -t 0"));
        results.setProperty("command nobody", command(shell, null, "bundle:list -t 0"));

        try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
            results.setProperty("pool made as alice", Subject.callAs(alice, () -> pool.submit(() -> command(shell, alice, "shell:echo in")).get()));
            results.setProperty("pool after alice", String.valueOf(pool.submit(Subject::current).get()));
            results.setProperty("pool as nobody", pool.submit(() -> commandAsIs(shell, "bundle:list -t 0")).get());
        }
        results.setProperty("thread after all", String.valueOf(Subject.current()));
        context.ungetService(reference);

        Path data = Path.of(context.getProperty("ozone.data"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        results.store(out, null);
        Files.write(data.resolve("probe.part"), out.toByteArray());
        Files.move(data.resolve("probe.part"), data.resolve("probe.properties"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void stop(BundleContext context) {
        // Everything was over when start returned.
    }

    private record Login(String outcome, Subject subject) {
    }

    private static Login login(String name, String password) {
        try {
            LoginContext login = new LoginContext("karaf", new Subject(), callbacks -> {
                for (Callback callback : callbacks) {
                    if (callback instanceof NameCallback asked) {
                        asked.setName(name);
                    } else if (callback instanceof PasswordCallback asked) {
                        asked.setPassword(password.toCharArray());
                    }
                }
            });
            login.login();
            return new Login("welcome", login.getSubject());
        } catch (LoginException e) {
            return new Login("refused " + e.getClass().getSimpleName(), null);
        }
    }

    private static String command(SessionFactory shell, Subject who, String line) {
        return Subject.callAs(who, () -> commandAsIs(shell, line));
    }

    private static String commandAsIs(SessionFactory shell, String line) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8)) {
            Session session = shell.create(new ByteArrayInputStream(new byte[0]), print, print);
            try {
                Object result = session.execute(line);
                return "ran " + (result == null ? "" : result) + out.toString(StandardCharsets.UTF_8);
            } catch (Exception e) {
                return "refused " + e.getClass().getSimpleName() + " " + e.getMessage();
            } finally {
                session.close();
            }
        }
    }
}
