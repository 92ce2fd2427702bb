package studio.ozone.api.web;

import java.net.URI;

import org.osgi.annotation.versioning.ProviderType;

/** Lets a browser in: the web console and the HTTP API take a link that is good once. Thread-safe. */
@ProviderType
public interface LoginLinks {

    /**
     * Request attribute: how a request proved itself, {@code token} or {@code session}. It is set before any servlet
     * sees the request; a client cannot set it, and a request without it has proved nothing.
     */
    String USER = "studio.ozone.web.user";

    /**
     * A link that opens a session of a browser once, within 60 seconds, and leads to the console.
     *
     * @throws IllegalStateException if nothing listens; the message names the cause and the remedy
     */
    URI create();

    /**
     * Where the instance listens, for instance {@code http://127.0.0.1:8484/}.
     *
     * @throws IllegalStateException as above
     */
    URI address();
}
