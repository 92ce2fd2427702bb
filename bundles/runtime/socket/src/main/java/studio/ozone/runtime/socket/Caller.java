package studio.ozone.runtime.socket;

import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;

import javax.security.auth.Subject;

import org.apache.karaf.jaas.boot.principal.GroupPrincipal;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;

/**
 * Who commands run as. Nobody logs in here: the kernel has said that the caller is the owner of the instance, who may do
 * everything that a console at the machine may.
 */
final class Caller {

    private static final Set<String> ROLES = Set.of("group", "admin", "manager", "viewer", "systembundles");

    private final Subject subject;

    Caller(String user) {
        subject = new Subject();
        subject.getPrincipals().add(new UserPrincipal(user));
        subject.getPrincipals().add(new GroupPrincipal("admingroup"));
        ROLES.forEach(role -> subject.getPrincipals().add(new RolePrincipal(role)));
        subject.setReadOnly();
    }

    <T> T call(Callable<T> work) throws Exception {
        try {
            return Subject.callAs(subject, work);
        } catch (CompletionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
