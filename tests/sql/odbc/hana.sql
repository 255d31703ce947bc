-- redmine.toml
INSERT INTO "users" ("login", "lastname", "admin", "created_on", "score", "type") SELECT ?1, ?2, ?3, ?4, ?5, ?6 FROM DUMMY WHERE NOT EXISTS (SELECT 1 FROM "users" AS t WHERE t."type" = ?7 AND LOWER(t."login") = LOWER(?8))
SELECT "id" FROM "users" AS t WHERE t."type" = ?1 AND LOWER(t."login") = LOWER(?2)
INSERT INTO "email_addresses" ("user_id", "address", "updated_on", "is_default") VALUES (?1, ?2, ?3, ?4)
INSERT INTO "phones" ("owner", "kind", "number") VALUES (?1, ?2, ?3)
INSERT INTO "phones" ("owner", "number") VALUES (?1, ?2)
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?1 WHERE t."id" = ?2 AND t."type" = ?3
SELECT e."owner", e."kind", e."number" FROM "phones" AS e WHERE e."owner" IN (?1) ORDER BY e."owner"
SELECT DISTINCT m."user_id", g."id", g."lastname" FROM "groups_users" AS m JOIN "users" AS g ON g."id" = m."group_id" WHERE m."user_id" IN (?1) AND g."type" = ?2 ORDER BY 1, 2
INSERT INTO "users" ("login", "lastname", "type") SELECT ?1, ?2, ?3 FROM DUMMY WHERE NOT EXISTS (SELECT 1 FROM "users" AS t WHERE t."type" = ?4 AND LOWER(t."login") = LOWER(?5))
SELECT 1 FROM "users" AS t WHERE t."type" = ?1 AND LOWER(t."login") = LOWER(?2) AND t."id" <> ?3 LIMIT 1
UPDATE "users" SET "login" = ?1 WHERE "id" = ?2 AND "type" = ?3
SELECT "id" FROM "users" WHERE "id" = ?1
UPDATE "users" SET "lastname" = ?1 WHERE "id" = ?2 AND "type" = ?3
SELECT "id" FROM "users" WHERE "id" = ?1 AND "type" = ?2 FOR UPDATE
UPDATE "email_addresses" SET "address" = ?1 WHERE "user_id" = ?2 AND "is_default" = ?3
DELETE FROM log_entries WHERE actor = ?1 AND note <> ':key'
DELETE FROM "groups_users" WHERE "user_id" = ?1
DELETE FROM "email_addresses" WHERE "user_id" = ?1 AND "is_default" = ?2
DELETE FROM "phones" WHERE "owner" = ?1
DELETE FROM "users" WHERE "id" = ?1 AND "type" = ?2
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?2 WHERE t."type" = ?1 ORDER BY t."id" LIMIT ?3 OFFSET ?4
DELETE FROM "phones" WHERE "owner" = ?1 AND "kind" IS NULL AND "number" = ?3
INSERT INTO "groups_users" ("group_id", "user_id") SELECT ?1, u."id" FROM "users" AS u WHERE u."id" IN (?2) AND u."type" = ?3 AND EXISTS (SELECT 1 FROM "users" AS g WHERE g."id" = ?4 AND g."type" = ?5) AND u."id" NOT IN (SELECT m."user_id" FROM "groups_users" AS m WHERE m."group_id" = ?6 AND m."user_id" IN (?2))
SELECT t."id", t."lastname" FROM "users" AS t WHERE t."id" = ?1 AND t."type" = ?2
SELECT DISTINCT m."group_id", u."id", u."login" FROM "groups_users" AS m JOIN "users" AS u ON u."id" = m."user_id" WHERE m."group_id" IN (?1) AND u."type" = ?2 ORDER BY 1, 2
DELETE FROM "groups_users" WHERE "group_id" = ?1 AND "user_id" IN (?2)
SELECT t."id", t."lastname" FROM "users" AS t WHERE t."type" = ?1 ORDER BY t."id" LIMIT ?2 OFFSET ?3
DELETE FROM "groups_users" WHERE "group_id" = ?1 AND CASE WHEN "user_id" IN (?2) THEN 1 ELSE 0 END = 0
SELECT "id", "lastname" FROM "users" WHERE "id" = ?1
DELETE FROM "groups_users" WHERE "group_id" = ?1
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?3 WHERE t."type" = ?1 AND LOWER(t."login") = LOWER(?2) ORDER BY t."id" LIMIT ?4 OFFSET ?5
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?3 WHERE t."type" = ?1 AND t."login" = ?2 ORDER BY t."id" LIMIT ?4 OFFSET ?5
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?3 WHERE t."type" = ?1 AND (LOWER(t."login") <> LOWER(?2) OR LOWER(t."login") IS NULL) ORDER BY t."id" LIMIT ?4 OFFSET ?5
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?3 WHERE t."type" = ?1 AND (LOWER(r1."address") <> LOWER(?2) OR LOWER(r1."address") IS NULL) ORDER BY t."id" LIMIT ?4 OFFSET ?5
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?3 WHERE t."type" = ?1 AND LOWER(r1."address") = LOWER(?2) ORDER BY t."id" LIMIT ?4 OFFSET ?5
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?3 WHERE t."type" = ?1 AND CASE WHEN LOWER(r1."address") = LOWER(?2) THEN 1 ELSE 0 END = 0 ORDER BY t."id" LIMIT ?4 OFFSET ?5
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?2 WHERE t."type" = ?1 AND r1."address" IS NULL ORDER BY t."id" LIMIT ?3 OFFSET ?4
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?2 WHERE t."type" = ?1 AND (t."lastname" IS NOT NULL AND t."lastname" <> '') ORDER BY t."id" LIMIT ?3 OFFSET ?4
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?3 WHERE t."type" = ?1 AND LOWER(t."lastname") LIKE LOWER(?2) ESCAPE '\' ORDER BY t."id" LIMIT ?4 OFFSET ?5
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?3 WHERE t."type" = ?1 AND t."lastname" LIKE ?2 ESCAPE '\' ORDER BY t."id" LIMIT ?4 OFFSET ?5
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?3 WHERE t."type" = ?1 AND LOWER(t."score") LIKE LOWER(?2) ESCAPE '\' ORDER BY t."id" LIMIT ?4 OFFSET ?5
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?3 WHERE t."type" = ?1 AND LOWER(t."admin") = LOWER(?2) ORDER BY t."id" LIMIT ?4 OFFSET ?5
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?3 WHERE t."type" = ?1 AND LOWER(t."status") = LOWER(?2) ORDER BY t."id" LIMIT ?4 OFFSET ?5
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?3 WHERE t."type" = ?1 AND (LOWER(t."status") <> LOWER(?2) OR LOWER(t."status") IS NULL) ORDER BY t."id" LIMIT ?4 OFFSET ?5
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?3 WHERE t."type" = ?1 AND LOWER(t."created_on") > LOWER(?2) ORDER BY t."id" LIMIT ?4 OFFSET ?5
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?3 WHERE t."type" = ?1 AND LOWER(t."created_on") = LOWER(?2) ORDER BY t."id" LIMIT ?4 OFFSET ?5
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?3 WHERE t."type" = ?1 AND LOWER(t."score") <= LOWER(?2) ORDER BY t."id" LIMIT ?4 OFFSET ?5
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?4 WHERE t."type" = ?1 AND EXISTS (SELECT 1 FROM "phones" AS e WHERE e."owner" = t."id" AND (LOWER(e."kind") = LOWER(?2) AND LOWER(e."number") = LOWER(?3))) ORDER BY t."id" LIMIT ?5 OFFSET ?6
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?3 WHERE t."type" = ?1 AND EXISTS (SELECT 1 FROM "phones" AS e WHERE e."owner" = t."id" AND LOWER(e."number") = LOWER(?2)) ORDER BY t."id" LIMIT ?4 OFFSET ?5
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?4 WHERE t."type" = ?1 AND (t."id" IN (?2) OR ((t."login" IS NOT NULL AND t."login" <> '') AND t."login" = ?3)) ORDER BY t."id" LIMIT ?5 OFFSET ?6
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?2 WHERE t."type" = ?1 AND 1 = 0 ORDER BY t."id" LIMIT ?3 OFFSET ?4
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?2 WHERE t."type" = ?1 ORDER BY CASE WHEN LOWER(NULLIF(t."login", '')) IS NULL THEN 1 ELSE 0 END, LOWER(NULLIF(t."login", '')), t."id" LIMIT ?3 OFFSET ?4
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?2 WHERE t."type" = ?1 ORDER BY CASE WHEN LOWER(NULLIF(t."login", '')) IS NULL THEN 0 ELSE 1 END, LOWER(NULLIF(t."login", '')) DESC, t."id" LIMIT ?3 OFFSET ?4
SELECT count(*) FROM "users" AS t WHERE t."type" = ?1
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?2 WHERE t."type" = ?1 ORDER BY CASE WHEN LOWER(NULLIF(r1."address", '')) IS NULL THEN 1 ELSE 0 END, LOWER(NULLIF(r1."address", '')), t."id" LIMIT ?3 OFFSET ?4
SELECT t."id", t."lastname" FROM "users" AS t WHERE t."type" = ?1 AND EXISTS (SELECT 1 FROM "groups_users" AS m WHERE m."group_id" = t."id" AND m."user_id" IN (?2)) ORDER BY t."id" LIMIT ?3 OFFSET ?4
INSERT INTO "users" ("login", "lastname", "type") SELECT ?1, ?2, ?3 FROM DUMMY WHERE NOT EXISTS (SELECT 1 FROM "users" AS t WHERE t."type" = ?4 AND LOWER(t."login") = LOWER(?5)) AND NOT EXISTS (SELECT 1 FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?8 WHERE t."type" = ?6 AND LOWER(r1."address") = LOWER(?7))
INSERT INTO "email_addresses" ("user_id", "address", "is_default") VALUES (?1, ?2, ?3)
INSERT INTO "users" ("lastname", "type") SELECT ?1, ?2 FROM DUMMY WHERE NOT EXISTS (SELECT 1 FROM "users" AS t WHERE t."type" = ?3 AND LOWER(t."lastname") = LOWER(?4))
SELECT "id", "lastname" FROM "users" AS t WHERE t."type" = ?1 AND LOWER(t."lastname") = LOWER(?2)
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?4 WHERE t."type" = ?1 AND (LOWER(t."login") = LOWER(?2) AND r1."address" = ?3) ORDER BY t."id" LIMIT ?5 OFFSET ?6
SELECT t."id", t."login", t."lastname", t."status", t."admin", t."created_on", t."score", r1."address" FROM "users" AS t LEFT JOIN "email_addresses" AS r1 ON r1."user_id" = t."id" AND r1."is_default" = ?7 WHERE t."type" = ?1 AND (LOWER(t."lastname") LIKE LOWER(?2) ESCAPE '\' OR CASE WHEN t."login" LIKE ?3 ESCAPE '\' THEN 1 ELSE 0 END = 0 OR EXISTS (SELECT 1 FROM "phones" AS e WHERE e."owner" = t."id" AND (LOWER(e."kind") = LOWER(?4) AND (LOWER(e."number") <> LOWER(?5) OR LOWER(e."number") IS NULL))) OR LOWER(t."created_on") >= LOWER(?6) OR (t."status" IS NOT NULL AND t."status" <> '')) ORDER BY t."id" LIMIT ?8 OFFSET ?9

-- nested.toml
SELECT t."id", t."title" FROM "teams" AS t WHERE t."id" = ?1
SELECT DISTINCT m."team", u."id", u."name" FROM "team_members" AS m JOIN "principals" AS u ON u."id" = m."person" WHERE m."team" IN (?1) AND u."kind" = ?2 ORDER BY 1, 2
SELECT DISTINCT m."team", u."id", u."title" FROM "team_members" AS m JOIN "teams" AS u ON u."id" = m."child" WHERE m."team" IN (?1) ORDER BY 1, 2
SELECT t."id", t."title" FROM "teams" AS t ORDER BY t."id" LIMIT ?1 OFFSET ?2
SELECT t."id", t."name" FROM "principals" AS t WHERE t."id" = ?1 AND t."kind" = ?2
SELECT DISTINCT m."person", g."id", g."title" FROM "team_members" AS m JOIN "teams" AS g ON g."id" = m."team" WHERE m."person" IN (?1) ORDER BY 1, 2
SELECT DISTINCT m."member", g."id", g."title" FROM "circle_members" AS m JOIN "circles" AS g ON g."id" = m."circle" WHERE m."member" IN (?1) AND m."kind" = ?2 ORDER BY 1, 2
SELECT DISTINCT m."principal", g."id", g."name" FROM "role_members" AS m JOIN "principals" AS g ON g."id" = m."role" WHERE m."principal" IN (?1) AND g."kind" = ?2 ORDER BY 1, 2
SELECT "id" FROM "teams" WHERE "id" = ?1 FOR UPDATE
DELETE FROM "team_members" WHERE "team" = ?1 AND "person" IN (?2)
INSERT INTO "team_members" ("team", "person", "note") SELECT ?1, u."id", ?2 FROM "principals" AS u WHERE u."id" IN (?3) AND u."kind" = ?4 AND EXISTS (SELECT 1 FROM "teams" AS g WHERE g."id" = ?5) AND u."id" NOT IN (SELECT m."person" FROM "team_members" AS m WHERE m."team" = ?6 AND m."person" IN (?3))
INSERT INTO "team_members" ("team", "child", "note") SELECT ?1, u."id", ?2 FROM "teams" AS u WHERE u."id" IN (?3) AND EXISTS (SELECT 1 FROM "teams" AS g WHERE g."id" = ?4) AND u."id" NOT IN (SELECT m."child" FROM "team_members" AS m WHERE m."team" = ?5 AND m."child" IN (?3))
DELETE FROM "team_members" WHERE "team" = ?1 AND CASE WHEN "person" IN (?2) THEN 1 ELSE 0 END = 0 AND "person" IS NOT NULL
DELETE FROM "team_members" WHERE "team" = ?1 AND CASE WHEN "child" IN (?2) THEN 1 ELSE 0 END = 0 AND "child" IS NOT NULL
DELETE FROM "team_members" WHERE "child" = ?1
DELETE FROM "team_members" WHERE "team" = ?1
DELETE FROM "teams" WHERE "id" = ?1
SELECT "id" FROM "principals" WHERE "id" = ?1 AND "kind" = ?2 FOR UPDATE
DELETE FROM "team_members" WHERE "person" = ?1
DELETE FROM "circle_members" WHERE "member" = ?1 AND "kind" = ?2
DELETE FROM "role_members" WHERE "principal" = ?1
DELETE FROM "principals" WHERE "id" = ?1 AND "kind" = ?2
SELECT t."id", t."title" FROM "circles" AS t WHERE t."id" = ?1
SELECT DISTINCT m."circle", u."id" FROM "circle_members" AS m JOIN "principals" AS u ON u."id" = m."member" WHERE m."circle" IN (?1) AND m."kind" = ?2 AND u."kind" = ?3 ORDER BY 1, 2
SELECT DISTINCT m."circle", u."id" FROM "circle_members" AS m JOIN "circles" AS u ON u."id" = m."member" WHERE m."circle" IN (?1) AND m."kind" = ?2 ORDER BY 1, 2
SELECT "id" FROM "circles" WHERE "id" = ?1 FOR UPDATE
DELETE FROM "circle_members" WHERE "circle" = ?1 AND "member" IN (?2) AND "kind" = ?3
DELETE FROM "circle_members" WHERE "circle" = ?1 AND CASE WHEN "member" IN (?2) THEN 1 ELSE 0 END = 0 AND "kind" = ?3
INSERT INTO "circle_members" ("circle", "member", "kind") SELECT ?1, u."id", ?2 FROM "principals" AS u WHERE u."id" IN (?3) AND u."kind" = ?4 AND EXISTS (SELECT 1 FROM "circles" AS g WHERE g."id" = ?5) AND u."id" NOT IN (SELECT m."member" FROM "circle_members" AS m WHERE m."circle" = ?6 AND m."member" IN (?3) AND m."kind" = ?7)
SELECT t."id", t."title" FROM "circles" AS t WHERE EXISTS (SELECT 1 FROM "circle_members" AS m WHERE m."circle" = t."id" AND m."member" IN (?1) AND m."kind" = ?2) ORDER BY t."id" LIMIT ?3 OFFSET ?4
DELETE FROM "circle_members" WHERE "circle" = ?1 AND "kind" = ?2
DELETE FROM "circles" WHERE "id" = ?1
SELECT DISTINCT m."role", u."id" FROM "role_members" AS m JOIN "principals" AS u ON u."id" = m."principal" WHERE m."role" IN (?1) AND u."kind" = ?2 ORDER BY 1, 2
DELETE FROM "role_members" WHERE "role" = ?1 AND CASE WHEN "principal" IN (?2) THEN 1 ELSE 0 END = 0
INSERT INTO "role_members" ("role", "principal") SELECT ?1, u."id" FROM "principals" AS u WHERE u."id" IN (?2) AND u."kind" = ?3 AND EXISTS (SELECT 1 FROM "principals" AS g WHERE g."id" = ?4 AND g."kind" = ?5) AND u."id" NOT IN (SELECT m."principal" FROM "role_members" AS m WHERE m."role" = ?6 AND m."principal" IN (?2))
DELETE FROM "role_members" WHERE "role" = ?1
SELECT t."id", t."title" FROM "teams" AS t WHERE EXISTS (SELECT 1 FROM "team_members" AS m JOIN "principals" AS u ON u."id" = m."person" WHERE m."team" = t."id" AND u."kind" = ?1) ORDER BY t."id" LIMIT ?2 OFFSET ?3
SELECT t."id", t."title" FROM "teams" AS t WHERE EXISTS (SELECT 1 FROM "team_members" AS m JOIN "teams" AS u ON u."id" = m."child" WHERE m."team" = t."id") ORDER BY t."id" LIMIT ?1 OFFSET ?2
SELECT t."id", t."title" FROM "teams" AS t WHERE CASE WHEN (EXISTS (SELECT 1 FROM "team_members" AS m JOIN "principals" AS u ON u."id" = m."person" WHERE m."team" = t."id" AND u."kind" = ?1) OR EXISTS (SELECT 1 FROM "team_members" AS m JOIN "teams" AS u ON u."id" = m."child" WHERE m."team" = t."id")) THEN 1 ELSE 0 END = 0 ORDER BY t."id" LIMIT ?2 OFFSET ?3

-- numbers.toml
INSERT INTO "ids" ("table_name", "field_name", "nextid") SELECT ?1, ?2, (SELECT COALESCE(MAX("userid"), 0) FROM "users") FROM DUMMY WHERE NOT EXISTS (SELECT 1 FROM "ids" AS n WHERE n."table_name" = ?3 AND n."field_name" = ?4)
UPDATE "ids" SET "nextid" = "nextid" + ?1 WHERE "table_name" = ?2 AND "field_name" = ?3
INSERT INTO "users" ("userid", "login") SELECT (SELECT n."nextid" FROM "ids" AS n WHERE n."table_name" = ?1 AND n."field_name" = ?2), ?3 FROM DUMMY WHERE NOT EXISTS (SELECT 1 FROM "users" AS t WHERE LOWER(t."login") = LOWER(?4))
SELECT "userid" FROM "users" WHERE "userid" = (SELECT n."nextid" FROM "ids" AS n WHERE n."table_name" = ?1 AND n."field_name" = ?2)
SELECT t."userid", t."login", r1."sendto", r3."note" FROM "users" AS t LEFT JOIN "media" AS r1 ON r1."userid" = t."userid" AND r1."kind" = ?1 LEFT JOIN "notes" AS r3 ON r3."userid" = t."userid" WHERE t."userid" = ?2
SELECT e."userid", e."number" FROM "phones" AS e WHERE e."userid" IN (?1) ORDER BY e."userid", e."phoneid"
INSERT INTO "users" ("userid", "login") VALUES ((SELECT n."nextid" FROM "ids" AS n WHERE n."table_name" = ?1 AND n."field_name" = ?2), ?3)
INSERT INTO "ids" ("table_name", "field_name", "nextid") SELECT ?1, ?2, (SELECT COALESCE(MAX("mediaid"), 0) FROM "media") FROM DUMMY WHERE NOT EXISTS (SELECT 1 FROM "ids" AS n WHERE n."table_name" = ?3 AND n."field_name" = ?4)
INSERT INTO "media" ("userid", "sendto", "kind", "mediaid") VALUES (?1, ?2, ?3, (SELECT n."nextid" FROM "ids" AS n WHERE n."table_name" = ?4 AND n."field_name" = ?5))
INSERT INTO "notes" ("userid", "note", "noteid") VALUES (?1, ?2, ?3)
INSERT INTO "counters" ("next_phone") SELECT (SELECT COALESCE(MAX("phoneid"), 0) + 1 FROM "phones") FROM DUMMY WHERE NOT EXISTS (SELECT 1 FROM "counters" AS n)
UPDATE "counters" SET "next_phone" = "next_phone" + ?1
INSERT INTO "phones" ("userid", "number", "phoneid") VALUES (?1, ?2, (SELECT n."next_phone" FROM "counters" AS n) - 1)
SELECT "userid" FROM "users" WHERE "userid" = ?1 FOR UPDATE
UPDATE "media" SET "sendto" = ?1 WHERE "userid" = ?2 AND "kind" = ?3
INSERT INTO "ids" ("table_name", "field_name", "nextid") SELECT ?1, ?2, (SELECT COALESCE(MAX("groupid"), 0) FROM "groups_of_users") FROM DUMMY WHERE NOT EXISTS (SELECT 1 FROM "ids" AS n WHERE n."table_name" = ?3 AND n."field_name" = ?4)
INSERT INTO "groups_of_users" ("groupid", "name") VALUES ((SELECT n."nextid" FROM "ids" AS n WHERE n."table_name" = ?1 AND n."field_name" = ?2), ?3)
SELECT "groupid", "name" FROM "groups_of_users" WHERE "groupid" = (SELECT n."nextid" FROM "ids" AS n WHERE n."table_name" = ?1 AND n."field_name" = ?2)
INSERT INTO "ids" ("table_name", "field_name", "nextid") SELECT ?1, ?2, (SELECT COALESCE(MAX("id"), 0) FROM "users_groups") FROM DUMMY WHERE NOT EXISTS (SELECT 1 FROM "ids" AS n WHERE n."table_name" = ?3 AND n."field_name" = ?4)
INSERT INTO "users_groups" ("groupid", "userid", "id") SELECT ?1, u."userid", (SELECT n."nextid" FROM "ids" AS n WHERE n."table_name" = ?2 AND n."field_name" = ?3) + ROW_NUMBER() OVER (ORDER BY u."userid") - ?4 FROM "users" AS u WHERE u."userid" IN (?5) AND EXISTS (SELECT 1 FROM "groups_of_users" AS g WHERE g."groupid" = ?6) AND u."userid" NOT IN (SELECT m."userid" FROM "users_groups" AS m WHERE m."groupid" = ?7 AND m."userid" IN (?5))
SELECT "groupid" FROM "groups_of_users" WHERE "groupid" = ?1 FOR UPDATE
SELECT t."groupid", t."name" FROM "groups_of_users" AS t WHERE t."groupid" = ?1
SELECT DISTINCT m."groupid", u."userid" FROM "users_groups" AS m JOIN "users" AS u ON u."userid" = m."userid" WHERE m."groupid" IN (?1) ORDER BY 1, 2

-- sequences.toml
INSERT INTO "users" ("id", "login") SELECT "users_seq".NEXTVAL, ?1 FROM DUMMY WHERE NOT EXISTS (SELECT 1 FROM "users" AS t WHERE LOWER(t."login") = LOWER(?2))
SELECT "id" FROM "users" AS t WHERE LOWER(t."login") = LOWER(?1)
INSERT INTO "mails" ("user_id", "address", "id") VALUES (?1, ?2, "mails_seq".NEXTVAL)
SELECT t."id", t."login", r1."address" FROM "users" AS t LEFT JOIN "mails" AS r1 ON r1."user_id" = t."id" WHERE t."id" = ?1
SELECT "id" FROM "users" WHERE "id" = ?1 FOR UPDATE
UPDATE "mails" SET "address" = ?1 WHERE "user_id" = ?2

-- marked.toml
SELECT t."id", t."login", t."name", r1."address" FROM "users" AS t LEFT JOIN "mails" AS r1 ON r1."user_id" = t."id" WHERE t."kind" = ?1 AND t."deleted_at" IS NULL ORDER BY t."id" LIMIT ?2 OFFSET ?3
SELECT t."id", t."login", t."name", r1."address" FROM "users" AS t LEFT JOIN "mails" AS r1 ON r1."user_id" = t."id" WHERE t."id" = ?1 AND t."kind" = ?2 AND t."deleted_at" IS NULL
UPDATE "users" SET "name" = ?1 WHERE "id" = ?2 AND "kind" = ?3 AND "deleted_at" IS NULL
SELECT "id" FROM "users" WHERE "id" = ?1
SELECT "id" FROM "users" WHERE "id" = ?1 AND "kind" = ?2 AND "deleted_at" IS NULL FOR UPDATE
DELETE FROM "team_users" WHERE "member" = ?1
UPDATE "users" SET "deleted_at" = ?1 WHERE "id" = ?2 AND "kind" = ?3 AND "deleted_at" IS NULL
SELECT "id" FROM "teams" WHERE "id" = ?1 AND ("gone" <> ?2 OR "gone" IS NULL) FOR UPDATE
INSERT INTO "team_users" ("team", "member") SELECT ?1, u."id" FROM "users" AS u WHERE u."id" IN (?2) AND u."kind" = ?3 AND u."deleted_at" IS NULL AND EXISTS (SELECT 1 FROM "teams" AS g WHERE g."id" = ?4 AND (g."gone" <> ?5 OR g."gone" IS NULL)) AND u."id" NOT IN (SELECT m."member" FROM "team_users" AS m WHERE m."team" = ?6 AND m."member" IN (?2))
DELETE FROM "team_users" WHERE "team" = ?1
UPDATE "teams" SET "gone" = ?1 WHERE "id" = ?2 AND ("gone" <> ?3 OR "gone" IS NULL)
SELECT t."id", t."name" FROM "teams" AS t WHERE (t."gone" <> ?1 OR t."gone" IS NULL) ORDER BY t."id" LIMIT ?2 OFFSET ?3
SELECT t."id" FROM "users" AS t WHERE t."kind" = ?1 AND t."deleted_at" IS NOT NULL AND LOWER(t."login") = LOWER(?3) ORDER BY t."id" DESC LIMIT 1
SELECT 1 FROM "users" AS t WHERE t."kind" = ?1 AND t."deleted_at" IS NULL AND LOWER(t."login") = LOWER(?2) LIMIT 1
UPDATE "users" SET "login" = ?1, "name" = ?2, "deleted_at" = NULL WHERE "id" = ?4 AND "kind" = ?5 AND "deleted_at" IS NOT NULL
DELETE FROM "mails" WHERE "user_id" = ?1
INSERT INTO "mails" ("user_id", "address") VALUES (?1, ?2)
UPDATE "users" SET "login" = ?1, "deleted_at" = NULL WHERE "id" = ?3 AND "kind" = ?4 AND "deleted_at" IS NOT NULL
INSERT INTO "teams" ("name") SELECT ?1 FROM DUMMY WHERE NOT EXISTS (SELECT 1 FROM "teams" AS t WHERE (t."gone" <> ?2 OR t."gone" IS NULL) AND LOWER(t."name") = LOWER(?3))
SELECT "id", "name" FROM "teams" AS t WHERE (t."gone" <> ?1 OR t."gone" IS NULL) AND LOWER(t."name") = LOWER(?2)
SELECT t."id" FROM "devices" AS t WHERE t."gone_at" IS NOT NULL AND LOWER(t."serial_no") = LOWER(?2) ORDER BY t."id" DESC LIMIT 1
SELECT 1 FROM "devices" AS t WHERE t."gone_at" IS NULL AND LOWER(t."serial_no") = LOWER(?1) LIMIT 1
UPDATE "devices" SET "serial_no" = ?1, "gone_at" = NULL WHERE "id" = ?3 AND "gone_at" IS NOT NULL
SELECT t."id", t."serial_no" FROM "devices" AS t WHERE t."id" = ?1 AND t."gone_at" IS NULL
UPDATE "devices" SET "gone_at" = ?1 WHERE "id" = ?2 AND "gone_at" IS NULL

