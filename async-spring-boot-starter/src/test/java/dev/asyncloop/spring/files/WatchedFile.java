package dev.asyncloop.spring.files;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;

/** A file of a file system that may be as slow as it likes; says who has asked it for what. */
final class WatchedFile extends FileSystemResource {

    /** What was asked, and by which thread. */
    record Access(String what, String thread) {}

    /** What all files under one directory have seen. */
    static final class Disk {

        final Queue<Access> accesses = new ConcurrentLinkedQueue<>();

        final AtomicLong bytesRead = new AtomicLong();

        volatile CountDownLatch free = new CountDownLatch(0);

        volatile CountDownLatch asked = new CountDownLatch(0);

        void clear() {
            accesses.clear();
            bytesRead.set(0);
        }

        /** From now on everybody waits, until the returned latch is counted down. */
        CountDownLatch hang() {
            asked = new CountDownLatch(1);
            free = new CountDownLatch(1);
            return free;
        }

        private void access(String what) {
            accesses.add(new Access(what, Thread.currentThread().getName()));
            asked.countDown();
            try {
                if (!free.await(20, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("The disk hangs for ever");
                }
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private final Disk disk;

    WatchedFile(Path path, Disk disk) {
        super(path.toString() + (Files.isDirectory(path) ? "/" : ""));
        this.disk = disk;
    }

    @Override
    public Resource createRelative(String relativePath) {
        return new WatchedFile(Path.of(getPath()).resolve(relativePath), disk);
    }

    @Override
    public boolean exists() {
        disk.access("exists");
        return super.exists();
    }

    @Override
    public boolean isReadable() {
        disk.access("isReadable");
        return super.isReadable();
    }

    @Override
    public long contentLength() throws IOException {
        disk.access("contentLength");
        return super.contentLength();
    }

    @Override
    public long lastModified() throws IOException {
        disk.access("lastModified");
        return super.lastModified();
    }

    @Override
    public Path getFilePath() {
        disk.access("getFilePath");
        return super.getFilePath();
    }

    @Override
    public File getFile() {
        disk.access("getFile");
        return super.getFile();
    }

    @Override
    public InputStream getInputStream() throws IOException {
        disk.access("getInputStream");
        return super.getInputStream();
    }

    @Override
    public ReadableByteChannel readableChannel() throws IOException {
        disk.access("open");
        return new WatchedChannel((SeekableByteChannel) super.readableChannel());
    }

    private final class WatchedChannel implements SeekableByteChannel {

        private final SeekableByteChannel channel;

        WatchedChannel(SeekableByteChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            disk.access("read");
            int count = channel.read(target);
            disk.bytesRead.addAndGet(Math.max(0, count));
            return count;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            return channel.write(source);
        }

        @Override
        public long position() throws IOException {
            return channel.position();
        }

        @Override
        public SeekableByteChannel position(long position) throws IOException {
            channel.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public SeekableByteChannel truncate(long size) throws IOException {
            channel.truncate(size);
            return this;
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            disk.accesses.add(new Access("close", Thread.currentThread().getName()));
            channel.close();
        }
    }
}
