package studio.ozone.web.console;

import java.io.IOException;
import java.io.UncheckedIOException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.apache.felix.webconsole.spi.SecurityProvider;
import org.osgi.service.component.annotations.Component;

import studio.ozone.api.web.LoginLinks;

/**
 * Opens the web console to those whom the guard has let in, and to nobody else: there is no user and no password. The console is
 * configured to stay shut until the provider with this id is there.
 */
@Component(service = SecurityProvider.class, property = SecurityProvider.PROPERTY_ID + "=ozone")
public final class ConsoleSecurity implements SecurityProvider {

    @Override
    public Object authenticate(HttpServletRequest request, HttpServletResponse response) {
        Object user = request.getAttribute(LoginLinks.USER);
        if (user == null) {
            response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
        }
        return user;
    }

    /** One instance has one owner. */
    @Override
    public boolean authorize(Object user, String role) {
        return user != null;
    }

    @Override
    public void logout(HttpServletRequest request, HttpServletResponse response) {
        try {
            response.sendRedirect("/logout");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
