package dev.asyncloop.spring.web.parity;

import static dev.asyncloop.Async.inCoroutine;

import dev.asyncloop.Async;
import dev.asyncloop.spring.Coroutine;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import java.security.Principal;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.RequestEntity;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.http.codec.multipart.FormFieldPart;
import org.springframework.http.codec.multipart.Part;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.ui.Model;
import org.springframework.util.MultiValueMap;
import org.springframework.validation.BindingResult;
import org.springframework.web.accept.SemanticApiVersionParser;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.MatrixVariable;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.SessionAttribute;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;
import org.springframework.web.util.UriBuilder;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Every kind of argument. The same methods twice: as coroutines they give way before they answer. */
abstract class ArgumentHandlers {

    @RestController
    @RequestMapping("/react")
    static class Reactive extends ArgumentHandlers {}

    @Coroutine
    @RestController
    @RequestMapping("/await")
    static class Coroutines extends ArgumentHandlers {}

    /** What a handler was given, as text. */
    private static String given(@Nullable Object... values) {
        if (inCoroutine()) {
            Async.yieldNow();
        }
        return Arrays.deepToString(values);
    }

    @GetMapping("/where")
    boolean where() {
        return inCoroutine();
    }

    @GetMapping("/path/{name}/{day}")
    String path(
            @PathVariable String name,
            @PathVariable @DateTimeFormat(iso = DateTimeFormat.ISO.DATE) LocalDate day,
            @PathVariable Map<String, String> all) {
        return given(name, day, new TreeMap<>(all));
    }

    @GetMapping("/rest/{*path}")
    String rest(@PathVariable String path) {
        return given(path);
    }

    @GetMapping("/matrix/{one}/{two}")
    String matrix(
            @PathVariable String one,
            @MatrixVariable(pathVar = "one") int a,
            @MatrixVariable(pathVar = "two", required = false) @Nullable List<String> b,
            @MatrixVariable MultiValueMap<String, String> all) {
        return given(one, a, b, all);
    }

    @GetMapping("/query")
    String query(
            @RequestParam int number,
            @RequestParam(defaultValue = "none") String word,
            @RequestParam(required = false) @Nullable List<Integer> many,
            @RequestParam Optional<Boolean> maybe,
            @RequestParam MultiValueMap<String, String> all,
            @RequestParam Map<String, String> first) {
        return given(number, word, many, maybe, new TreeMap<>(all), new TreeMap<>(first));
    }

    @GetMapping("/checked")
    String checked(@RequestParam @Max(10) int number) {
        return given(number);
    }

    @GetMapping("/headers")
    String headers(
            @RequestHeader("X-Number") int number,
            @RequestHeader(name = "X-Other", defaultValue = "none") String other,
            @RequestHeader HttpHeaders all,
            @RequestHeader Map<String, String> map) {
        return given(number, other, all.getFirst("X-Number"), map.get("X-Number"));
    }

    @GetMapping("/cookies")
    String cookies(@CookieValue("crumb") int crumb, @CookieValue(name = "crumb") HttpCookie cookie) {
        return given(crumb, cookie.getValue());
    }

    @GetMapping("/principal")
    String principal(@Nullable Principal one, Mono<Principal> other, ServerWebExchange exchange) {
        return given(
                one == null ? "nobody" : one.getName(),
                other != null,
                exchange.getRequest().getMethod());
    }

    @GetMapping("/request")
    String request(
            HttpMethod method,
            Locale locale,
            TimeZone zone,
            ZoneId zoneId,
            UriComponentsBuilder uri,
            UriBuilder builder,
            ServerHttpRequest request,
            ServerHttpResponse response,
            @Value("#{'${parity.value:default}'.length()}") int length,
            @RequestAttribute("mark") String mark,
            @RequestAttribute(name = "none", required = false) @Nullable String none) {
        response.getHeaders().set("X-Seen", mark);
        return given(
                method,
                locale,
                zone.equals(TimeZone.getDefault()),
                zoneId.equals(ZoneId.systemDefault()),
                uri.path("/next").toUriString(),
                builder.path("/next").build(),
                request.getURI().getPath(),
                length,
                none);
    }

    @GetMapping("/model")
    String model(Model model, Map<String, Object> same) {
        return given(model.asMap(), same);
    }

    @PostMapping("/form")
    String form(@Valid Person person, BindingResult result) {
        return given(person, result.getErrorCount());
    }

    @PostMapping("/attribute")
    String attribute(@Valid @ModelAttribute("someone") Person person) {
        return given(person);
    }

    @PostMapping("/attributelater")
    Mono<String> attributeLater(@Valid @ModelAttribute Mono<Person> person) {
        return person.map(ArgumentHandlers::given).onErrorResume(ex -> Mono.just("refused"));
    }

    @PostMapping("/formdata")
    String formData(@RequestBody MultiValueMap<String, String> form) {
        return given(new TreeMap<>(form));
    }

    @PostMapping("/formexchange")
    Mono<String> formExchange(ServerWebExchange exchange) {
        return exchange.getFormData().map(form -> given(new TreeMap<>(form)));
    }

    @PostMapping("/parts")
    Mono<String> parts(
            @RequestPart("who") @Valid Person who,
            @RequestPart("file") FilePart file,
            @RequestPart("note") String note) {
        String first = given(who, file.filename(), file.headers().getContentType(), note);
        return content(file).map(first::concat);
    }

    @PostMapping("/partslater")
    Mono<String> partsLater(@RequestPart("who") Mono<Person> who, @RequestPart("file") Flux<FilePart> files) {
        return who.map(ArgumentHandlers::given)
                .zipWith(files.concatMap(ArgumentHandlers::content).collectList(), (one, other) -> one + other);
    }

    @PostMapping("/partsall")
    Mono<String> partsAll(@RequestBody Flux<Part> parts) {
        return parts.concatMap(part -> content(part).map(content -> part.name() + "=" + content))
                .collectList()
                .map(Object::toString);
    }

    @PostMapping("/partsmap")
    String partsMap(@RequestBody MultiValueMap<String, Part> parts) {
        return given(new TreeMap<>(parts).keySet());
    }

    /** Bound like a form. */
    static class Upload {

        private @Nullable String note;

        private @Nullable FilePart file;

        public void setNote(String note) {
            this.note = note;
        }

        public void setFile(FilePart file) {
            this.file = file;
        }
    }

    @PostMapping("/upload")
    String upload(@ModelAttribute Upload upload) {
        return given(upload.note, upload.file == null ? "no file" : upload.file.filename());
    }

    private static Mono<String> content(Part part) {
        return part instanceof FormFieldPart field
                ? Mono.just(field.value())
                : DataBufferUtils.join(part.content()).map(ArgumentHandlers::text);
    }

    private static String text(DataBuffer buffer) {
        String text = buffer.toString(java.nio.charset.StandardCharsets.UTF_8);
        DataBufferUtils.release(buffer);
        return text;
    }

    @PostMapping("/body")
    String body(@Valid @RequestBody Person person) {
        return given(person);
    }

    @PostMapping("/bodyandnumber")
    String bodyAndNumber(@Valid @RequestBody Person person, @RequestParam int number) {
        return given(person, number);
    }

    @PostMapping("/numberandbody")
    String numberAndBody(@RequestParam int number, @Valid @RequestBody Person person) {
        return given(person, number);
    }

    @PostMapping("/bodymaybe")
    String bodyMaybe(@RequestBody(required = false) @Nullable Person person) {
        return given(person);
    }

    @PostMapping("/bodylater")
    Mono<String> bodyLater(@RequestBody Mono<Person> person) {
        return person.map(ArgumentHandlers::given);
    }

    @PostMapping("/bodymany")
    Flux<String> bodyMany(@RequestBody Flux<Person> people) {
        return people.map(ArgumentHandlers::given);
    }

    @PostMapping("/bodylist")
    String bodyList(@RequestBody List<Person> people) {
        return given(people);
    }

    @PostMapping("/bodybytes")
    String bodyBytes(@RequestBody byte[] bytes) {
        return given(bytes.length);
    }

    @PostMapping("/bodybuffers")
    Mono<Integer> bodyBuffers(@RequestBody Flux<DataBuffer> buffers) {
        return buffers.map(buffer -> text(buffer).length()).reduce(0, Integer::sum);
    }

    @PostMapping("/entity")
    String entity(HttpEntity<Person> entity) {
        return given(entity.getHeaders().getContentLength(), entity.getBody());
    }

    @PostMapping("/requestentity")
    String requestEntity(RequestEntity<String> entity) {
        return given(entity.getMethod(), entity.getUrl().getPath(), entity.getBody());
    }

    @PostMapping("/entitylater")
    Mono<String> entityLater(HttpEntity<Mono<Person>> entity) {
        Mono<Person> body = entity.getBody();
        return body == null ? Mono.just("none") : body.map(ArgumentHandlers::given);
    }

    @GetMapping("/version")
    String version(SemanticApiVersionParser.@Nullable Version version) {
        return given(version);
    }

    @GetMapping("/login")
    String login(WebSession session) {
        session.getAttributes().put("user", "Ada");
        return given(session.getAttributes().keySet());
    }

    @GetMapping("/whoami")
    String whoAmI(@SessionAttribute("user") String user, Mono<WebSession> session) {
        return given(user);
    }
}
