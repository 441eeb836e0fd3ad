package dev.asyncloop.http;

import dev.asyncloop.IOLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Sends the parts one after the other. */
record MultipartBody(Multipart multipart) implements RequestBody {

    @Override
    public String contentType() {
        return "multipart/form-data; boundary=" + multipart.boundary();
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public Sending open(IOLoop loop, HttpClientOptions options) {
        boolean readsFiles = multipart.parts().stream().anyMatch(part -> part.file() != null);
        return readsFiles ? new WithFiles(loop, multipart) : new BytesBody(bytes());
    }

    private byte[] bytes() {
        ByteBuf all = Unpooled.buffer();
        for (int i = 0; i < multipart.parts().size(); i++) {
            Multipart.Part part = multipart.parts().get(i);
            all.writeBytes(part.head(multipart.boundary(), i == 0));
            byte[] content = part.bytes();
            if (content != null) {
                all.writeBytes(content);
            }
        }
        all.writeBytes(end(multipart));
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    private static byte[] end(Multipart multipart) {
        return ("\r\n--" + multipart.boundary() + "--\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The files' lengths are asked for first, so that the whole length can be said. */
    private static final class WithFiles implements Sending {

        private final IOLoop loop;

        private final Multipart multipart;

        private final Map<Multipart.Part, Long> lengths = new IdentityHashMap<>();

        WithFiles(IOLoop loop, Multipart multipart) {
            this.loop = loop;
            this.multipart = multipart;
        }

        @Override
        public Mono<Void> preparation() {
            return Mono.fromCompletionStage(() -> loop.runInExecutor(this::measure))
                    .doOnNext(lengths::putAll)
                    .then();
        }

        private Map<Multipart.Part, Long> measure() throws IOException {
            Map<Multipart.Part, Long> measured = new IdentityHashMap<>();
            for (Multipart.Part part : multipart.parts()) {
                Path file = part.file();
                if (file != null) {
                    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
                        throw new NoSuchFileException(
                                file.toString(), null, "the part '" + part.name() + "' needs a file that can be read");
                    }
                    measured.put(part, Files.size(file));
                }
            }
            return measured;
        }

        @Override
        public long length() {
            long length = end(multipart).length;
            for (int i = 0; i < multipart.parts().size(); i++) {
                Multipart.Part part = multipart.parts().get(i);
                length += part.head(multipart.boundary(), i == 0).length + lengthOf(part);
            }
            return length;
        }

        private long lengthOf(Multipart.Part part) {
            byte[] bytes = part.bytes();
            return bytes != null ? bytes.length : lengths.getOrDefault(part, 0L);
        }

        @Override
        public Publisher<ByteBuf> content() {
            List<Publisher<ByteBuf>> pieces = new ArrayList<>();
            for (int i = 0; i < multipart.parts().size(); i++) {
                Multipart.Part part = multipart.parts().get(i);
                pieces.add(piece(part.head(multipart.boundary(), i == 0)));
                Path file = part.file();
                pieces.add(file != null ? FileContent.of(loop, file, lengthOf(part)) : piece(part.bytes()));
            }
            pieces.add(piece(end(multipart)));
            return Flux.concat(pieces);
        }

        private static Publisher<ByteBuf> piece(byte @Nullable [] bytes) {
            return bytes == null || bytes.length == 0
                    ? Mono.empty()
                    : Mono.fromSupplier(() -> Unpooled.wrappedBuffer(bytes));
        }
    }
}
