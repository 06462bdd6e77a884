// The tables of a journal. docs/journal.md
#pragma once

namespace lastcall::agent::schema {

inline constexpr int application = 0x6c634a31;  ///< "lcJ1", application_id
inline constexpr int version = 1;               ///< user_version

/// `anchor` says which row is the newest summary; it is believed only when that row is one, and
/// fits. `story` is for people with sqlite3(1), and read by nothing.
inline constexpr const char* tables = R"(
create table row(number integer primary key, body text not null, hash text not null);
create table anchor(summary integer not null);
insert into anchor values(0);
create view story as
  select number, datetime(body ->> '$.at_ns' / 1000000000, 'unixepoch', 'localtime') as at,
         body ->> '$.kind' as kind, body ->> '$.service' as service,
         body ->> '$.generation' as generation, body ->> '$.deploy' as deploy,
         body ->> '$.who.name' as who, body ->> '$.fields' as fields
  from row order by number;
pragma application_id = 1818446385;
pragma user_version = 1;
)";
static_assert(application == 1818446385 && version == 1, "as in the tables");

}  // namespace lastcall::agent::schema
