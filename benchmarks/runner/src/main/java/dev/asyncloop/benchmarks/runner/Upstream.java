package dev.asyncloop.benchmarks.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The nginx from which servers fetch. */
final class Upstream implements AutoCloseable {

    private final Process process;

    final int port;

    private Upstream(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static Upstream start(Cpus cpus, int port, Path directory) throws IOException, InterruptedException {
        Ports.needsFree(port);
        Path configuration = directory.resolve("nginx.conf");
        Files.writeString(configuration, """
                daemon off;
                worker_processes 1;
                pid nginx.pid;
                error_log stderr warn;
                events { worker_connections 8192; }
                http {
                    access_log off;
                    keepalive_requests 100000000;
                    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                    server {
                        listen 127.0.0.1:%d backlog=4096;
                        location / { default_type application/json; return 200 '%s'; }
                    }
                }
                """.formatted(port, Work.Answers.UPSTREAM));
        String nginx = Files.isExecutable(Path.of("/usr/sbin/nginx")) ? "/usr/sbin/nginx" : "nginx";
        List<String> command = List.of(nginx, "-e", "stderr", "-p", directory + "/", "-c", configuration.toString());
        Process process = Children.start(cpus, command, Map.of(), directory.resolve("nginx.log"));
        Ports.awaitOpen(port, process, directory.resolve("nginx.log"));
        return new Upstream(process, port);
    }

    String url() {
        return "http://127.0.0.1:" + port + "/hello";
    }

    @Override
    public void close() {
        Children.end(process);
    }
}
