package studio.ozone.web.api;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import studio.ozone.api.egress.Egress;

/** What has left this machine, and what would. */
final class EgressRoutes {

    private static final int MOST = 10_000;
    private static final int USUAL = 50;

    private final Services services;

    EgressRoutes(Services services) {
        this.services = services;
    }

    List<Route> routes() {
        return List.of(new Route("GET", "/api/egress", this::egress));
    }

    private void egress(Exchange exchange) throws IOException, Problem {
        Fields query = exchange.query();
        int last = query.number("last", 1, MOST, USUAL);
        String capability = query.text("capability");
        query.end();
        Egress egress = services.egress();
        List<Egress.Connection> all = egress.connections().stream().filter(one -> capability == null || capability.equals(one.capability())).toList();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("connections", all.subList(Math.max(0, all.size() - last), all.size()));
        answer.put("reaches", egress.reaches());
        exchange.answer(answer);
    }
}
