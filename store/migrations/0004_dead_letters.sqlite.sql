-- Dead letters are few of very many deliveries, and are listed, newest first.
CREATE INDEX dead_deliveries ON deliveries (id) WHERE state = 'dead';
