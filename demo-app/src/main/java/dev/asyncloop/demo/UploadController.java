package dev.asyncloop.demo;

import dev.asyncloop.TaskGroup;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.web.stream.RequestStream;
import dev.asyncloop.spring.web.stream.ResponseStream;
import dev.asyncloop.spring.web.stream.StreamedContent;
import dev.asyncloop.spring.web.stream.StreamedPart;
import org.springframework.http.MediaType;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Fetches a list of URLs, one a line, while the list is still coming: each line becomes a child, and each child sends its
 * answer, as a line of JSON, as soon as it has one.
 */
@Coroutine
@RestController
class UploadController {

    private static final DataSize MAX_SIZE = DataSize.ofKilobytes(256);

    private final Prober prober;

    private final BoardProperties properties;

    UploadController(Prober prober, BoardProperties properties) {
        this.prober = prober;
        this.properties = properties;
    }

    /** Takes the list as the body. */
    @PostMapping(path = "/api/check", consumes = MediaType.TEXT_PLAIN_VALUE)
    void checkText(RequestStream in, ResponseStream out) {
        check(in.limit(MAX_SIZE), out);
    }

    /** Takes the list as the first file of a form. */
    @PostMapping(path = "/api/check", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    void checkFile(RequestStream in, ResponseStream out) {
        for (StreamedPart part : in.limit(MAX_SIZE).parts()) {
            if (part.isFile()) {
                check(part, out);
                return;
            }
        }
        throw new InvalidInputException(
                "file", "is missing", "send the list as a file, as curl -F file=@urls.txt does");
    }

    private void check(StreamedContent list, ResponseStream out) {
        TaskGroup.run(group -> {
            int lines = 0;
            int urls = 0;
            for (String line : list.lines()) {
                int number = ++lines;
                if (line.isBlank()) {
                    continue;
                }
                boolean tooMany = ++urls > properties.maxCheckUrls();
                group.spawn(() -> out.sendJson(new Answer(number, line.strip(), result(number, line, tooMany))));
                if (tooMany) {
                    break;
                }
            }
            return null;
        });
    }

    /** A line that can't be used is down, and the others are none the worse for it. */
    private ProbeResult result(int number, String line, boolean tooMany) {
        try {
            if (tooMany) {
                throw new InvalidInputException(
                        "line " + number,
                        "is one URL too many",
                        "send at most " + properties.maxCheckUrls() + " at a time");
            }
            return prober.probe(WatchUrl.parse("line " + number, line));
        } catch (InvalidInputException ex) {
            return new ProbeResult(State.DOWN, 0, null, ex.getBody().getDetail());
        }
    }

    /**
     * What was found for one line.
     *
     * @param line its number, from 1 on
     * @param url as it is written there
     */
    record Answer(int line, String url, ProbeResult result) {}
}
