package studio.ozone.web.api;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import com.codahale.metrics.MetricRegistry;
import org.junit.Test;

import studio.ozone.api.capability.Capabilities;
import studio.ozone.api.capability.Impact;
import studio.ozone.api.config.Origin;
import studio.ozone.api.config.Recommendations;
import studio.ozone.api.config.Settings;
import studio.ozone.api.egress.Egress;
import studio.ozone.api.llm.Models;
import studio.ozone.api.pipeline.Conversations;
import studio.ozone.api.pipeline.Ingest;
import studio.ozone.api.pipeline.Prompting;
import studio.ozone.api.runtime.Health;
import studio.ozone.api.zsei.Search;
import studio.ozone.runtime.json.Json;

import static java.util.Map.entry;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

/** The description and the routes say the same, and so do its schemas and the records. */
public class OpenApiTest {

    @Test
    public void everyRouteIsDescribedAndEveryDescriptionIsARoute() throws IOException {
        TreeSet<String> routes = new TreeSet<>();
        new Api(new Services(null, null, null, new MetricRegistry())).routes().forEach(route -> routes.add(route.method() + " " + route.template()));
        routes.add("GET /health/live");     // answered by the guard, the one request that needs no token
        TreeSet<String> described = new TreeSet<>();
        object(document(), "paths").forEach((path, methods) -> ((Map<?, ?>) methods).keySet()
                .forEach(method -> described.add(method.toString().toUpperCase(java.util.Locale.ROOT) + " " + path)));
        assertEquals(routes, described);
    }

    @Test
    public void theSchemasHaveTheRecordsFields() throws IOException {
        Map<String, Class<?>> records = Map.ofEntries(entry("IngestReport", Ingest.Report.class), entry("SearchAnswer", Search.Answer.class),
                entry("Hit", Search.Hit.class), entry("Answer", Prompting.Answer.class), entry("Citation", Prompting.Citation.class),
                entry("Sentence", Prompting.Sentence.class), entry("Usage", Prompting.Usage.class),
                entry("Conversation", Conversations.Conversation.class), entry("Turn", Conversations.Turn.class),
                entry("WholeConversation", Conversations.Whole.class), entry("Context", Prompting.Context.class), entry("ContextItem", Prompting.ContextItem.class),
                entry("Capability", Capabilities.Capability.class), entry("Tokens", Capabilities.Tokens.class), entry("Setting", Settings.Setting.class),
                entry("Change", Settings.Change.class), entry("Plan", Settings.Plan.class), entry("Effect", Impact.Effect.class),
                entry("Explanation", Settings.Explanation.class), entry("Profile", Settings.Profile.class), entry("Origin", Origin.class),
                entry("Revision", Settings.Revision.class), entry("ConfigProblem", Settings.Problem.class),
                entry("Recommendation", Recommendations.Recommendation.class), entry("MachineFigure", Recommendations.Figure.class),
                entry("KeyAdvice", Recommendations.Advice.class), entry("Model", Models.Model.class), entry("LoadedModel", Models.Loaded.class),
                entry("Connection", Egress.Connection.class), entry("Reach", Egress.Reach.class));
        Map<String, Object> schemas = object(object(document(), "components"), "schemas");
        records.forEach((name, record) -> assertEquals(name, fields(record), List.copyOf(object(object(schemas, name), "properties").keySet())));
        assertEquals(fields(Health.Report.class), List.copyOf(object(object(schemas, "Health"), "properties").keySet()));
    }

    @Test
    public void everyReferenceLeadsSomewhere() throws IOException {
        Map<String, Object> document = document();
        List<String> references = new ArrayList<>();
        collect(document, references);
        assertTrue(references.size() > 20);
        for (String reference : references) {
            Object at = document;
            for (String step : reference.substring(2).split("/")) {
                at = ((Map<?, ?>) at).get(step);
                assertTrue(reference, at != null);
            }
        }
    }

    private static void collect(Object node, List<String> references) {
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (key.equals("$ref")) {
                    references.add((String) value);
                }
                collect(value, references);
            });
        } else if (node instanceof List<?> list) {
            list.forEach(item -> collect(item, references));
        }
    }

    private static List<String> fields(Class<?> record) {
        List<String> fields = new ArrayList<>();
        for (RecordComponent component : record.getRecordComponents()) {
            fields.add(component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT));
        }
        return fields;
    }

    private static Map<String, Object> document() throws IOException {
        return Json.readObject(StateRoutes.description());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Map<String, Object> parent, String name) {
        return (Map<String, Object>) parent.get(name);
    }
}
